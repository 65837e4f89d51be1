/** The week on the time bar: seven days of the clock on the wall, and what the lake holds of them. */
import { effect, signal } from '@preact/signals'
import { askUntilAnswered } from '../again'
import { get, type Hour, type Instant } from '../api'
import { DAY_MS, HOUR_MS, laterBy } from '../i18n/times'
import { at, hours, status } from '../state'
import { midnightBefore } from './zones'

const DAYS = 7
/** Days that are shown after the day of the hour, where there are so many. */
const DAYS_AFTER = 3

export type Week = { start: Instant; end: Instant }
export const week = signal<Week | null>(null)

/** Hours of the week, oldest first, also those that the lake does not have. */
export const hoursOf = ({ start, end }: Week): Instant[] => {
  const count = Math.round((Date.parse(end) - Date.parse(start)) / HOUR_MS)
  return Array.from({ length: count }, (_, i) => laterBy(start, i * HOUR_MS))
}

/** The week around an hour; it ends no later than the day of the newest hour. */
export const weekAround = (hour: Instant, newest: Instant, timeZone: string): Week => {
  const last = Math.min(
    Date.parse(hour) + DAYS_AFTER * DAY_MS,
    Math.max(Date.parse(newest), Date.parse(hour)),
  )
  const lastDay = midnightBefore(last, timeZone)
  const start = midnightBefore(lastDay - (DAYS - 1) * DAY_MS + DAY_MS / 2, timeZone)
  const end = midnightBefore(lastDay + DAY_MS * 1.5, timeZone)
  return { start: laterBy(new Date(start).toISOString(), 0), end: laterBy(new Date(end).toISOString(), 0) }
}

const holds = ({ start, end }: Week, hour: Instant) => start <= hour && hour < end

/** The last hour that playing goes to. */
export const lastHour = (): Instant | null => {
  const last = hours.peek().at(-1)?.at
  return status.peek()?.newest_hour ?? last ?? null
}

const followWeek = () =>
  effect(() => {
    const [hour, its] = [at.value, status.value]
    if (!hour || !its) return
    const shownWeek = week.peek()
    if (!shownWeek || !holds(shownWeek, hour))
      week.value = weekAround(hour, its.newest_hour ?? hour, its.timezone)
  })

const followHours = () =>
  effect(() => {
    const its = week.value
    if (!its) return
    const stop = new AbortController()
    askUntilAnswered((signal) => get<{ hours: Hour[] }>('/hours', its, signal), stop.signal)
      .then((answer) => {
        hours.value = answer.hours
      })
      .catch(() => undefined)
    return () => stop.abort()
  })

/** Starts on the newest hour where no link said another one. */
const followNewest = () =>
  effect(() => {
    const newest = status.value?.newest_hour
    if (newest && !at.peek()) at.value = newest
  })

export const followTime = () => {
  const ends = [followNewest(), followWeek(), followHours()]
  return () => {
    for (const end of ends) end()
  }
}
