import { describe, expect, it } from 'vitest'
import type { LngLatBox } from '../api'
import { areaKm2, groundFor, MOST_HEXAGONS, resolutionFor } from './ground'

const CITY: LngLatBox = [108.9, -5.6, 109.1, -5.4]
const COUNTRY: LngLatBox = [95, -11, 141, 6]
const hexagonsIn = (box: LngLatBox, resolution: number) => areaKm2(box) / (4_357_449 / 7 ** resolution)

describe('the resolution', () => {
  it('is the finest of the lake where the view is small', () => {
    expect(resolutionFor(CITY, 9)).toBe(9)
  })
  it.each([{ box: CITY }, { box: COUNTRY }, { box: [106, -7, 108, -6] as LngLatBox }])(
    'keeps $box below the most hexagons',
    ({ box }) => {
      expect(hexagonsIn(box, resolutionFor(box, 11))).toBeLessThanOrEqual(MOST_HEXAGONS)
    },
  )
  it('is as fine as that allows', () => {
    expect(hexagonsIn(COUNTRY, resolutionFor(COUNTRY, 9) + 1)).toBeGreaterThan(MOST_HEXAGONS)
  })
})

describe('the ground', () => {
  const first = groundFor(CITY, COUNTRY, 9, null)
  it('stays while the view moves a little', () => {
    expect(groundFor([108.91, -5.59, 109.11, -5.39], COUNTRY, 9, first)).toBe(first)
  })
  it('is another one when the view leaves it', () => {
    expect(groundFor([109.2, -5.6, 109.4, -5.4], COUNTRY, 9, first)).not.toBe(first)
  })
  it('is another one when the view asks for coarser hexagons', () => {
    expect(groundFor(COUNTRY, COUNTRY, 9, first)?.resolution).toBeLessThan(9)
  })
  it('is nothing where no ground has density', () => {
    expect(groundFor([0, 0, 1, 1], COUNTRY, 9, first)).toBeNull()
  })
  it('is judged by what has density in view, not by the sea around it', () => {
    expect(groundFor(COUNTRY, CITY, 9, null)?.resolution).toBe(9)
  })
})
