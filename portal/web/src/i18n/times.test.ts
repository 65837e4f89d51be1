import { beforeEach, describe, expect, it } from 'vitest'
import type { Status } from '../api'
import { language, status } from '../state'
import {
  clock,
  countdown,
  dayAndClock,
  duration,
  fullTime,
  hourInName,
  laterBy,
  localHour,
  span,
} from './times'

const EVENING = '2020-03-31T12:00:00Z'
const at = (timezone: string) => {
  status.value = { timezone } as Status
}

beforeEach(() => {
  language.value = 'id'
  at('Asia/Jakarta')
})

describe('the clock on the wall', () => {
  it.each([
    ['Asia/Jakarta', '19.00 WIB'],
    ['Asia/Makassar', '20.00 WITA'],
    ['Asia/Jayapura', '21.00 WIT'],
  ])('in %s', (zone, said) => {
    at(zone)
    expect(clock(EVENING)).toBe(said)
  })

  it('is that of a zone that is named, whatever the installation has', () => {
    expect(clock(EVENING, 'Asia/Jayapura')).toBe('21.00 WIT')
  })

  it('names the day in both languages', () => {
    expect(dayAndClock(EVENING)).toBe('Sel, 31 Mar 19.00 WIB')
    expect(fullTime(EVENING)).toBe('Selasa, 31 Maret 2020 19.00 WIB')
    language.value = 'en'
    expect(fullTime(EVENING)).toMatch(/^Tuesday,? 31 March 2020 19:00 WIB$/)
  })

  it('names files by itself', () => {
    expect(hourInName(EVENING)).toBe('2020-03-31T19-WIB')
    expect(hourInName('2020-03-31T17:00:00Z')).toBe('2020-04-01T00-WIB')
  })

  it('turns the day at local midnight', () => {
    expect(localHour('2020-03-31T17:00:00Z')).toBe(0)
    expect(dayAndClock('2020-03-31T17:00:00Z')).toBe('Rab, 1 Apr 00.00 WIB')
  })
})

describe('spans', () => {
  it.each([
    ['2020-03-31T00:00:00Z', '07.00–19.00 WIB'],
    ['2020-03-30T20:00:00Z', '03.00–19.00 WIB'],
    ['2020-03-30T12:00:00Z', 'Sen, 30 Mar 19.00–Sel, 31 Mar 19.00 WIB'],
  ])('from %s to the evening name the days only where they must', (from, said) => {
    expect(span(from, EVENING, EVENING)).toBe(said)
  })

  it('name a day that is not the one on the map', () => {
    expect(span('2020-03-31T00:00:00Z', EVENING, '2020-04-02T00:00:00Z')).toBe('Sel, 31 Mar 07.00–19.00 WIB')
  })

  it.each([
    [40 * 60_000, '40 menit'],
    [5 * 3_600_000, '5 jam'],
    [72 * 3_600_000, '3 hari'],
  ])('%d ms in the largest unit that fits', (span_ms, said) => {
    expect(duration(span_ms)).toBe(said)
  })

  it.each([
    [83 * 60_000, '1 jam 23 mnt'],
    [12 * 60_000 + 30_000, '12 menit'],
    [61_000, '1 mnt 1 dtk'],
    [12_000, '12 detik'],
    [-5, '0 detik'],
  ])('%d ms counted down, by the second at the end', (left_ms, said) => {
    expect(countdown(left_ms)).toBe(said)
  })

  it('later hours keep the form of an instant', () => {
    expect(laterBy(EVENING, 13 * 3_600_000)).toBe('2020-04-01T01:00:00Z')
  })
})
