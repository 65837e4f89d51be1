/** Going to an hour: no further than the lake has any. */
import type { Instant } from '../api'
import { HOUR_MS, laterBy } from '../i18n/times'
import { at, status } from '../state'

export const within = (hour: Instant, oldest: Instant | null, newest: Instant | null) => {
  if (newest && hour > newest) return newest
  return oldest && hour < oldest ? oldest : hour
}

export const goTo = (hour: Instant) => {
  const { oldest_hour = null, newest_hour = null } = status.peek() ?? {}
  at.value = within(hour, oldest_hour, newest_hour)
}

/** Goes some hours on; back where there are fewer than none. */
export const goBy = (hours: number) => {
  if (at.peek()) goTo(laterBy(String(at.peek()), hours * HOUR_MS))
}
