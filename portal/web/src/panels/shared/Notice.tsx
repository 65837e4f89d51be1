/** A sentence that must not be missed. */
import type { ComponentChildren } from 'preact'
import { t } from '../../i18n'

type Props = { tone: 'info' | 'good' | 'warn' | 'bad'; children: ComponentChildren; retry?: () => void }

export const Notice = ({ tone, children, retry }: Props) => (
  <div class={`notice notice--${tone}`} role={tone === 'bad' ? 'alert' : 'status'}>
    <div>{children}</div>
    {retry && (
      <button type="button" class="button" onClick={retry}>
        {t('retry')}
      </button>
    )}
  </div>
)
