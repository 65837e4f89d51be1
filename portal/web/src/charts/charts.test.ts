import { describe, expect, it } from 'vitest'
import { type ChartHour, everyHour, kindOf, mostPeople, runsOf } from './hours'
import { bandPath, linePath } from './paths'
import { linear, ticksTo } from './scale'

const hour = (at: string, more: Partial<ChartHour> = {}): ChartHour => ({
  at,
  people: 10,
  people_low: 5,
  people_high: 20,
  usual: null,
  usual_low: null,
  usual_high: null,
  is_withheld: false,
  ...more,
})

describe('scales', () => {
  it('lead there and back', () => {
    const scale = linear([0, 10], [100, 0])
    expect(scale(2.5)).toBe(75)
    expect(scale.back(75)).toBe(2.5)
  })
  it('survive a range of nothing', () => {
    expect(linear([3, 3], [0, 100])(3)).toBe(0)
  })
  it.each([
    [13_268, [0, 5000, 10_000, 15_000]],
    [1, [0, 0.5, 1]],
    [40, [0, 10, 20, 30, 40]],
    [0, [0, 0.5, 1]],
  ])('ticks up to %d are round and reach it', (most, expected) => {
    expect(ticksTo(most)).toEqual(expected)
  })
})

describe('hours', () => {
  const start = '2020-03-31T00:00:00Z'
  const end = '2020-03-31T04:00:00Z'
  it('are all there, those without an answer as missing', () => {
    const all = everyHour(
      [hour('2020-03-31T01:00:00Z'), hour(start, { is_withheld: true, people: null })],
      start,
      end,
    )
    expect(all.map(kindOf)).toEqual(['withheld', 'known', 'missing', 'missing'])
  })
  it('run together where they are alike', () => {
    expect(runsOf([1, 1, 0, 1], (each) => each === 1)).toEqual([
      [0, 1],
      [3, 3],
    ])
  })
  it('reach as high as the range and the usual do', () => {
    expect(mostPeople([hour(start, { people_high: 30, usual_high: 45 })])).toBe(45)
    expect(mostPeople([hour(start, { people: null, people_high: null })])).toBe(1)
  })
})

describe('paths', () => {
  it('break where nothing is known', () => {
    expect(
      linePath([
        [0, 1],
        [1, 2],
        [2, null],
        [3, 4],
        [4, 5],
      ]),
    ).toBe('M0.0,1.0L1.0,2.0M3.0,4.0L4.0,5.0')
  })
  it('show a point that stands alone as a dash', () => {
    expect(linePath([[5, 1]])).toBe('M3.5,1.0H6.5')
  })
  it('close a band around its hours', () => {
    expect(
      bandPath([
        [0, 1, 3],
        [1, 2, 4],
        [2, null, null],
      ]),
    ).toBe('M0.0,1.0L1.0,2.0L1.0,4.0L0.0,3.0Z')
  })
})
