/** Gatherings, open warnings and stuck letters: loaded together, since the tabs tell how many wait. */
import { useEffect } from 'preact/hooks'
import { get, type ListedGathering, type ListedWarning, type Post } from '../../api'
import { HOUR_MS, laterBy } from '../../i18n/times'
import { at, isListed, lakeVersion, ledgerVersion } from '../../state'
import { useAsked } from '../shared/useAsked'
import { period_h } from './tab'

export type Gatherings = { gatherings: ListedGathering[]; withheld: number }
/** A slider that moves must not ask for a list at every step. */
const PAUSE_ms = 250

const listGatherings = (hour: string, back_h: number, signal: AbortSignal) => {
  const start = laterBy(hour, (1 - back_h) * HOUR_MS)
  return get<Gatherings>('/gatherings', { start, end: laterBy(hour, HOUR_MS) }, signal)
}

export const useLists = () => {
  const [hour, back_h, lake, ledger] = [at.value, period_h.value, lakeVersion.value, ledgerVersion.value]
  const gatherings = useAsked(
    hour ? (signal) => listGatherings(hour, back_h, signal) : null,
    [hour, back_h, lake, ledger],
    PAUSE_ms,
  )
  const warnings = useAsked(
    async (signal) =>
      (await get<{ warnings: ListedWarning[] }>('/warnings', { state: 'open' }, signal)).warnings,
    [ledger],
  )
  const post = useAsked((signal) => get<Post>('/outbox', {}, signal), [ledger])
  useEffect(() => {
    if (gatherings.value.value || gatherings.error.value) isListed.value = true
  }, [gatherings.value.value, gatherings.error.value])
  return { gatherings, warnings, post }
}
