import { describe, expect, it } from 'vitest'
import type { Hour } from '../api'
import { language, status } from '../state'
import { sameHourOn } from './DayChooser'
import { within } from './go'
import { markInWords, marksOf, stretches } from './marks'
import { hoursOf, weekAround } from './week'
import { dayOf, instantOf, midnightBefore } from './zones'

const JAKARTA = 'Asia/Jakarta'
const NEWEST = '2020-03-31T12:00:00Z'

describe('days of the clock on the wall', () => {
  it('begin seven hours before those of UTC in Jakarta', () => {
    expect(new Date(midnightBefore(Date.parse(NEWEST), JAKARTA)).toISOString()).toBe(
      '2020-03-30T17:00:00.000Z',
    )
  })
  it('turn at midnight', () => {
    expect([dayOf('2020-03-30T16:59:00Z', JAKARTA), dayOf('2020-03-30T17:00:00Z', JAKARTA)]).toEqual([
      '2020-03-30',
      '2020-03-31',
    ])
  })
  it('may lack an hour where clocks are put forward', () => {
    expect(new Date(instantOf('2020-03-29', 3, 'Europe/Berlin')).toISOString()).toBe(
      '2020-03-29T01:00:00.000Z',
    )
  })
})

describe('the week of an hour', () => {
  it('ends with the day of the newest hour', () => {
    expect(weekAround(NEWEST, NEWEST, JAKARTA)).toEqual({
      start: '2020-03-24T17:00:00Z',
      end: '2020-03-31T17:00:00Z',
    })
  })
  it('has three days after the hour where there are so many', () => {
    expect(weekAround('2020-03-10T12:00:00Z', NEWEST, JAKARTA)).toEqual({
      start: '2020-03-06T17:00:00Z',
      end: '2020-03-13T17:00:00Z',
    })
  })
  it('has an hour less when clocks are put forward in it', () => {
    const week = weekAround('2020-03-29T12:00:00Z', '2020-03-30T12:00:00Z', 'Europe/Berlin')
    expect(hoursOf(week)).toHaveLength(7 * 24 - 1)
  })
})

it('another day keeps the hour of the clock', () => {
  status.value = { timezone: JAKARTA } as typeof status.value
  expect(sameHourOn('2020-03-30', '2020-03-31T10:00:00Z', JAKARTA)).toBe('2020-03-30T10:00:00Z')
})

it('no hour is further than the lake has any', () => {
  expect(within('2020-03-31T15:00:00Z', '2020-03-01T00:00:00Z', NEWEST)).toBe(NEWEST)
  expect(within('2020-02-01T15:00:00Z', '2020-03-01T00:00:00Z', NEWEST)).toBe('2020-03-01T00:00:00Z')
  expect(within('2020-03-31T11:00:00Z', null, null)).toBe('2020-03-31T11:00:00Z')
})

describe('marks', () => {
  const hour = (at: string, waspada: number, siaga: number, is_partial = false): Hour => ({
    at,
    hexagons: 1,
    withheld: 0,
    coverage: 1,
    missing_operators: [],
    is_partial,
    gatherings: { waspada, siaga, awas: 0 },
  })
  const week = ['10', '11', '12', '13'].map((each) => `2020-03-31T${each}:00:00Z`)
  const marks = marksOf(week, [hour(week[0], 0, 0), hour(week[1], 2, 1, true), hour(week[3], 0, 0)])

  it('show the gravest level, partial hours and those without data', () => {
    expect(marks.map(({ kind, level }) => [kind, level])).toEqual([
      ['whole', null],
      ['partial', 'siaga'],
      ['missing', null],
      ['whole', null],
    ])
  })
  it('join neighbours of one kind', () => {
    expect(stretches([...marks, marks[3]]).at(-1)).toEqual({ kind: 'whole', from: 3, to: 5 })
  })
  it('are said with the local time', () => {
    language.value = 'en'
    status.value = { timezone: JAKARTA } as typeof status.value
    expect(markInWords(marks[1])).toBe(
      'Tuesday, 31 March 2020 18:00 WIB, partial, 3 gatherings, highest Siaga',
    )
  })
})
