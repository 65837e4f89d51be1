/** Hours as the charts draw them. */
import { HOUR_MS, laterBy } from '../i18n/times'

export type ChartHour = {
  at: string
  people: number | null
  people_low: number | null
  people_high: number | null
  usual: number | null
  usual_low: number | null
  usual_high: number | null
  is_withheld: boolean
  level?: string
}
type Kind = 'known' | 'withheld' | 'missing'

export const kindOf = (hour: ChartHour): Kind => {
  if (hour.is_withheld) return 'withheld'
  return hour.people === null ? 'missing' : 'known'
}

const nothing = (at: string): ChartHour => ({
  at,
  people: null,
  people_low: null,
  people_high: null,
  usual: null,
  usual_low: null,
  usual_high: null,
  is_withheld: false,
})

/** Every hour from start up to end, those that the answer leaves out as hours without data. */
export const everyHour = (known: ChartHour[], start: string, end: string) => {
  const byTime = new Map(known.map((hour) => [Date.parse(hour.at), hour]))
  const count = Math.max(Math.round((Date.parse(end) - Date.parse(start)) / HOUR_MS), 0)
  return Array.from({ length: count }, (_, step) => {
    const at = laterBy(start, step * HOUR_MS)
    return byTime.get(Date.parse(at)) ?? nothing(at)
  })
}

/** Neighbouring places for which something holds, as [first, last]. */
export const runsOf = <T>(all: T[], holds: (each: T) => boolean) => {
  const runs: [number, number][] = []
  all.forEach((each, at) => {
    if (!holds(each)) return
    const last = runs.at(-1)
    if (last && last[1] === at - 1) last[1] = at
    else runs.push([at, at])
  })
  return runs
}

export const mostPeople = (hours: ChartHour[]) =>
  Math.max(
    1,
    ...hours.flatMap((hour) => [hour.people, hour.people_high, hour.usual_high, hour.usual].map(Number)),
  )
