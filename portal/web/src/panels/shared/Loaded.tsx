/** Shows an answer once it is there, and says where it is not. */
import type { ComponentChildren } from 'preact'
import { t } from '../../i18n'
import { errorInWords } from '../../i18n/said'
import { Notice } from './Notice'
import type { Asked } from './useAsked'

type Props<T> = { asked: Asked<T>; children: (value: T) => ComponentChildren; empty?: string }

export const Loaded = <T,>({ asked, children, empty }: Props<T>) => {
  const { value, error, reload } = asked
  const trouble = error.value ? (
    <Notice tone="bad" retry={reload}>
      {errorInWords(error.value)}
    </Notice>
  ) : null
  if (value.value === null) return trouble ?? <p class="quiet loading">{t('loading')}</p>
  const isEmpty = Array.isArray(value.value) && value.value.length === 0
  return (
    <>
      {trouble}
      {isEmpty && empty ? <p class="empty">{empty}</p> : children(value.value)}
    </>
  )
}
