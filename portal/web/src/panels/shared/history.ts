/** People of some hexagons together over the week of the time bar, with the hours that have no data. */
import { get, type History } from '../../api'
import { everyHour } from '../../charts'
import type { Week } from '../../time/week'

export const askHistory = async (hexes: string[], { start, end }: Week, signal: AbortSignal) => {
  const history = await get<History>('/hexagons/history', { hexes: hexes.join(','), start, end }, signal)
  return { ...history, hours: everyHour(history.hours, start, end) as History['hours'] }
}
