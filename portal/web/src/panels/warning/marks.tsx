/** Small marks of a warning: mode, state, approvals, time left. */
import type { ListedWarning, WarningState } from '../../api'
import { t } from '../../i18n'
import { clock, countdown, dayAndClock } from '../../i18n/times'
import { Level } from '../shared/Level'
import { useNow } from '../shared/useNow'

export const ModeMark = ({ mode }: { mode: 'test' | 'live' }) => (
  <span class={`mark mark--${mode}`}>{t(`warning.${mode}`)}</span>
)

export const StateMark = ({ state }: { state: WarningState }) => (
  <span class={`state state--${state}`}>{t(`warning.state.${state}`)}</span>
)

export const ApprovalsInShort = ({ warning }: { warning: ListedWarning }) => (
  <span class="quiet">
    {t('approvals.title')}:{' '}
    {t('approvals.of', { given: warning.approvals.length, needed: warning.approvals_needed })}
  </span>
)

/** Level, or that it takes a warning back: an all-clear asks nobody to act. */
export const Rank = ({ warning: { kind, level } }: { warning: ListedWarning }) =>
  kind === 'cancel' ? (
    <span class="level level--clear">{t('warning.kind.cancel')}</span>
  ) : (
    <Level level={level} />
  )

const HOLDING: WarningState[] = ['approved', 'queued', 'sent', 'delivered']

/** Time left: of a draft to decide on it, of others on the phones. */
export const Expiry = ({ warning }: { warning: ListedWarning }) => {
  const left_ms = Date.parse(warning.expires_at) - useNow(1000)
  const { expires_at, timezone, state } = warning
  const isOpen = state === 'draft' || HOLDING.includes(state)
  if (left_ms <= 0 || !isOpen)
    return (
      <time dateTime={expires_at}>
        {t(left_ms > 0 ? 'expires.until' : 'expires.over', { at: dayAndClock(expires_at, timezone) })}
      </time>
    )
  return (
    <time dateTime={expires_at} title={t('expires.until', { at: clock(expires_at, timezone) })}>
      {t(state === 'draft' ? 'expires.draft_in' : 'expires.in', { left: countdown(left_ms) })}
    </time>
  )
}
