/** Instants as the clock on the wall of the place shows them: WIB, WITA or WIT. */
import { language, status } from '../state'
import { LOCALES } from './fill'
import { timeFormat } from './formats'
import { t } from './index'

export const HOUR_MS = 3_600_000
export const DAY_MS = 24 * HOUR_MS

const ZONES: Record<string, string> = {
  'Asia/Jakarta': 'WIB',
  'Asia/Pontianak': 'WIB',
  'Asia/Makassar': 'WITA',
  'Asia/Ujung_Pandang': 'WITA',
  'Asia/Jayapura': 'WIT',
}

const zone = () => status.value?.timezone ?? 'Asia/Jakarta'
export const zoneName = (timeZone = zone()) => ZONES[timeZone] ?? timeZone

const told = (at: string | number, options: Intl.DateTimeFormatOptions, timeZone = zone()) =>
  timeFormat(LOCALES[language.value], { timeZone, ...options }).format(new Date(at))

/** "19.00 WIB", "19:00 WIB". */
export const clock = (at: string | number, timeZone = zone()) =>
  `${told(at, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }, timeZone)} ${zoneName(timeZone)}`

/** "19.00", "19:00": where the zone is said beside it. */
export const bareClock = (at: string | number) =>
  told(at, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })

/** "Sel, 31 Mar". */
export const shortDay = (at: string | number, timeZone = zone()) =>
  told(at, { weekday: 'short', day: 'numeric', month: 'short' }, timeZone)

/** "Sel". */
export const weekday = (at: string | number) => told(at, { weekday: 'short' })

/** "Selasa, 31 Maret 2020 19.00 WIB". */
export const fullTime = (at: string | number, timeZone = zone()) =>
  `${told(at, { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' }, timeZone)} ${clock(at, timeZone)}`

/** "Sel, 31 Mar 19.00 WIB". */
export const dayAndClock = (at: string | number, timeZone = zone()) =>
  `${shortDay(at, timeZone)} ${clock(at, timeZone)}`

/** "19.00 WIB" on the same day as `near`, else the day before it. */
export const briefTime = (at: string, near: string | null) =>
  near !== null && shortDay(at) === shortDay(near) ? clock(at) : `${shortDay(at)} ${bareClock(at)}`

/** "06.00–17.00 WIB" on the day of `near`, else with the day before it, and with both where they differ. */
export const span = (from: string, to: string, near: string | null) => {
  const [first, last] = [shortDay(from), shortDay(to)]
  const isNear = near !== null && first === shortDay(near)
  const head = isNear && first === last ? '' : `${first} `
  return `${head}${bareClock(from)}–${first === last ? '' : `${last} `}${clock(to)}`
}

/** Hour of the day where the installation is, 0 to 23. */
export const localHour = (at: string | number) =>
  Number(timeFormat('en-GB', { timeZone: zone(), hour: '2-digit', hourCycle: 'h23' }).format(new Date(at)))

/** "5 hours", "40 minutes", "3 days": the largest unit that fits. */
export const duration = (span_ms: number) => {
  const minutes = Math.round(Math.abs(span_ms) / 60_000)
  if (minutes < 60) return t('time.minutes', { minutes })
  const hours = Math.round(minutes / 60)
  return hours < 48 ? t('time.hours', { hours }) : t('time.days', { days: Math.round(hours / 24) })
}

/** "1 j 20 m", and by the second in the last five minutes. */
export const countdown = (left_ms: number) => {
  const seconds = Math.max(Math.floor(left_ms / 1000), 0)
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60]
  if (seconds < 60) return t('time.seconds', { seconds })
  if (seconds < 300) return t('time.minutes_seconds', { minutes, seconds: seconds % 60 })
  return hours ? t('time.hours_minutes', { hours, minutes }) : t('time.minutes', { minutes })
}

/** "2020-03-31T19-WIB": the hour as the names of all downloads tell it. */
export const hourInName = (at: string) => {
  const day = timeFormat('en-CA', { timeZone: zone(), year: 'numeric', month: '2-digit', day: '2-digit' })
  return `${day.format(new Date(at))}T${String(localHour(at)).padStart(2, '0')}-${zoneName()}`
}

export const laterBy = (at: string, span_ms: number) =>
  new Date(Date.parse(at) + span_ms).toISOString().replace(/\.\d+Z$/, 'Z')
