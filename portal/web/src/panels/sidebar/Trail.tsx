/** The audit trail, the latest first. */
import { useSignal } from '@preact/signals'
import { get } from '../../api'
import { t } from '../../i18n'
import { ledgerVersion } from '../../state'
import { Loaded } from '../shared/Loaded'
import { useAsked } from '../shared/useAsked'
import { type Happened, Story } from '../warning/Story'

const AT_FIRST = 50

export const Trail = () => {
  const most = useSignal(AT_FIRST)
  const asked = useAsked(
    async (signal) => (await get<{ entries: Happened[] }>('/trail', { most: most.value }, signal)).entries,
    [most.value, ledgerVersion.value],
  )
  return (
    <Loaded asked={asked} empty={t('trail.empty')}>
      {(entries) => (
        <>
          <p class="quiet side__intro">{t('trail.intro')}</p>
          <Story entries={entries} />
          {entries.length >= most.value && (
            <button type="button" class="button button--wide" onClick={() => (most.value *= 4)}>
              {t('trail.more')}
            </button>
          )}
        </>
      )}
    </Loaded>
  )
}
