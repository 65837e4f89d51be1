import { type GatheringDetail, get } from '../../api'

/** The hours in which it was there. */
export const hoursOf = ({ course, interval_start }: GatheringDetail) => [
  interval_start,
  ...course.filter(({ state }) => state !== 'ended').map(({ at }) => at),
]

/** The first hour that may be told. */
export const firstHourOf = ({ course, started_at }: GatheringDetail) => course[0]?.at ?? started_at

const path = (id: string) => `/gatherings/${encodeURIComponent(id)}`

/**
 * A gathering at an hour, or at its first one where the hour lies before that; `began` where that is known.
 *
 * A list never opens an hour before it began, a link and the time bar do.
 */
export const askGathering = async (
  id: string,
  hour: string | null,
  began: string | null,
  signal: AbortSignal,
) => {
  if (hour && began) return get<GatheringDetail>(path(id), { at: hour < began ? began : hour }, signal)
  const last = await get<GatheringDetail>(path(id), {}, signal)
  if (!hour || hour >= last.interval_start) return last
  const first = firstHourOf(last)
  return get<GatheringDetail>(path(id), { at: hour < first ? first : hour }, signal)
}
