/** Opening a gathering from a list: the map follows, to an hour in which it was there. */
import type { ListedGathering } from '../../api'
import { HOUR_MS, laterBy } from '../../i18n/times'
import { at, selection } from '../../state'

/** The hour on the map if it was there then, else the last in which it was. */
export const hourOf = (hour: string | null, { started_at, interval_start, state }: ListedGathering) => {
  const last = state === 'ended' ? laterBy(interval_start, -HOUR_MS) : interval_start
  return hour && hour >= started_at && hour <= last ? hour : last
}

export const openGathering = (gathering: ListedGathering) => {
  at.value = hourOf(at.value, gathering)
  selection.value = { kind: 'gathering', id: gathering.gathering_id }
}
