/** Days as the clock on the wall of a place counts them. */
import { timeFormat } from '../i18n/formats'

const parts = (at: number, timeZone: string) => {
  const format = timeFormat('en-CA', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  })
  return Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]))
}

/** How far the clock of a place is ahead of UTC at an instant. */
export const offset_ms = (at: number, timeZone: string) => {
  const { year, month, day, hour, minute, second } = parts(at, timeZone)
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`) - Math.floor(at / 1000) * 1000
}

/** Day of a place, as a date field writes it: 2020-03-31. */
export const dayOf = (at: string | number, timeZone: string) => {
  const { year, month, day } = parts(new Date(at).getTime(), timeZone)
  return `${year}-${month}-${day}`
}

/** The instant of an hour on the clock of a place; clocks that jump over it give the hour after. */
export const instantOf = (day: string, hour: number, timeZone: string) => {
  const asUtc = Date.parse(`${day}T${String(hour).padStart(2, '0')}:00:00Z`)
  return asUtc - offset_ms(asUtc - offset_ms(asUtc, timeZone), timeZone)
}

/** The midnight that the day of an instant began with. */
export const midnightBefore = (at: number, timeZone: string) => instantOf(dayOf(at, timeZone), 0, timeZone)
