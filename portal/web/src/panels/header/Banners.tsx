/** What somebody must know before anything else: the mode, a pause, old or missing data, a lost connection. */
import { useSignal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import type { Hour, Status } from '../../api'
import { t } from '../../i18n'
import { percent } from '../../i18n/numbers'
import { clock, DAY_MS, dayAndClock, duration } from '../../i18n/times'
import { isConnected, serverNow } from '../../live'
import { at, hours, may, status } from '../../state'
import { PauseIcon } from '../shared/icons'
import { useNow } from '../shared/useNow'
import { PauseDialog } from './PauseDialog'

type Tone = 'test' | 'live' | 'paused' | 'warn' | 'lost'
type Props = { tone: Tone; title: string; children?: ComponentChildren }

const Banner = ({ tone, title, children }: Props) => (
  <p class={`banner banner--${tone}`}>
    <strong>{title}</strong> {children && <span>{children}</span>}
  </p>
)

const Mode = ({ mode }: Status) => (
  <Banner tone={mode} title={t(`banner.${mode}`)}>
    {t(`banner.${mode}_more`)}
  </Banner>
)

const Paused = ({ sending: { is_paused, by, at: since, why } }: Status) =>
  is_paused ? (
    <Banner tone="paused" title={t('banner.paused')}>
      {t('banner.paused_by', { by: by ?? '?', at: since ? dayAndClock(since) : '', why: why ?? '' })}
    </Banner>
  ) : null

/** The kill switch, and what takes it back. */
const Switch = ({ sending: { is_paused } }: Status) => {
  const isAsking = useSignal(false)
  const what = is_paused ? 'resume' : 'pause'
  const ask = () => {
    isAsking.value = true
  }
  return (
    <>
      <button type="button" class={`button banners__${what}`} onClick={ask}>
        {!is_paused && <PauseIcon />}
        <span>{t(`${what}.button`)}</span>
      </button>
      {isAsking.value && <PauseDialog what={what} onClose={() => (isAsking.value = false)} />}
    </>
  )
}

const Age = ({ newest_hour, is_stale }: Status) => {
  useNow(60_000)
  if (!newest_hour) return <Banner tone="warn" title={t('banner.no_hours')} />
  if (!is_stale) return null
  const age_ms = serverNow() - Date.parse(newest_hour)
  const told = age_ms < DAY_MS ? clock(newest_hour) : dayAndClock(newest_hour)
  return (
    <Banner tone="warn" title={t('banner.stale')}>
      {t('banner.stale_more', { at: told, duration: duration(age_ms) })}
    </Banner>
  )
}

const lacks = ({ missing_operators, coverage }: Hour) =>
  [
    missing_operators.length && t('banner.missing_operators', { operators: missing_operators.join(', ') }),
    coverage !== null && t('banner.coverage', { coverage: percent(coverage) }),
  ]
    .filter(Boolean)
    .join(', ')

const Partial = () => {
  const hour = hours.value.find((each) => each.at === at.value)
  if (!hour?.is_partial) return null
  return (
    <Banner tone="warn" title={t('banner.partial')}>
      {lacks(hour)}
    </Banner>
  )
}

export const Banners = () => {
  const now = status.value
  if (!now) return null
  return (
    <section class="banners" aria-label={t('banner.label')}>
      <div class="banners__all">
        <Mode {...now} />
        <Paused {...now} />
        <Age {...now} />
        <Partial />
        {!isConnected.value && (
          <Banner tone="lost" title={t('banner.lost')}>
            {t('banner.lost_more')}
          </Banner>
        )}
      </div>
      {may.value.decide && <Switch {...now} />}
    </section>
  )
}
