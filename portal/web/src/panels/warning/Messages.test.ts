import { expect, it } from 'vitest'
import { surplusOf } from './Messages'

const count = (encoding: string, units: number) => ({ encoding, units, segments: 9, left: 0 })

it.each([
  ['gsm7', 307, 2, 1],
  ['gsm7', 400, 2, 94],
  ['gsm7', 161, 1, 1],
  ['ucs2', 140, 2, 6],
  ['ucs2', 71, 1, 1],
])('%s of %d units is too long for %d SMS by %d', (encoding, units, most, surplus) => {
  expect(surplusOf(count(encoding, units), most)).toBe(surplus)
})
