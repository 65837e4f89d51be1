import { beforeEach, describe, expect, it } from 'vitest'
import { language } from '../state'
import { excessInWords, peopleInWords, rangeInFigures, rounded, roundedRange } from './numbers'

beforeEach(() => {
  language.value = 'id'
})

describe('ranges of people', () => {
  it.each([
    [3054, 5069, [3100, 5100]],
    [8443.1, 13268, [8400, 13000]],
    [4081.4, 5023.6, [4100, 5000]],
    [14853, 16329, [14900, 16300]],
    [28, 41, [28, 41]],
    [0, 60, [0, 60]],
  ])('%d to %d is rounded as its width deserves', (low, high, expected) => {
    expect(roundedRange(low, high)).toEqual(expected)
  })

  it('never turns around', () => {
    for (let low = 1; low < 40_000; low = low * 1.37 + 1)
      for (let width = 1; width < 40_000; width *= 2.1) {
        const [from, to] = roundedRange(low, low + width)
        expect(from).toBeLessThanOrEqual(to)
      }
  })

  it('are said in the manner of the language', () => {
    expect(rangeInFigures(3054, 5069)).toBe('3.100–5.100')
    language.value = 'en'
    expect(rangeInFigures(3054, 5069)).toBe('3,100–5,100')
  })

  it('are one figure where both ends round to it', () => {
    expect(rangeInFigures(40.2, 40.4)).toBe('40')
  })

  it('fall back to about how many, and to not known', () => {
    expect(peopleInWords({ people: 5283, people_low: null, people_high: null })).toBe('sekitar 5.300 orang')
    expect(peopleInWords({ people: null, people_low: null, people_high: null })).toBe(
      'jumlah orang belum diketahui',
    )
  })
})

describe('excess', () => {
  it.each([
    [7146, '7.100 di atas kebiasaan'],
    [-312, '310 di bawah kebiasaan'],
    [0.2, 'seperti biasanya'],
    [null, 'kebiasaan belum diketahui'],
  ])('%s is said in words', (excess, said) => {
    expect(excessInWords(excess)).toBe(said)
  })
})

it('keeps two figures of a large number and all of a small one', () => {
  expect([5283, -1234, 99, 0].map(rounded)).toEqual([5300, -1200, 99, 0])
})
