import { describe, expect, it } from 'vitest'
import { awayFrom, cellFeatures, sectorRing } from './sectors'

const SITE = { lat: -6, lon: 107, azimuth_deg: 90 }
const CELL = {
  ...SITE,
  operator: 'alun',
  cell_id: '1',
  expected_recipients: null,
  reach: null,
  overreach: null,
}

describe('a sector', () => {
  it('points where the antenna points', () => {
    const lons = sectorRing(SITE, 1000).map(([lon]) => lon)
    expect(Math.min(...lons)).toBe(SITE.lon)
    expect(Math.max(...lons)).toBeCloseTo(awayFrom(SITE, 90, 1000)[0], 9)
  })
  it('is a disc around a cell that sends all around', () => {
    const ring = sectorRing({ ...SITE, azimuth_deg: null }, 1000)
    const middle = ring.reduce((sum, [lon]) => sum + lon, -ring[0][0]) / (ring.length - 1)
    expect(middle).toBeCloseTo(SITE.lon, 9)
  })
  it('is struck through when its cell is taken off', () => {
    expect(cellFeatures(CELL, 'off', 500).map(({ properties }) => properties.part)).toEqual([
      'sector',
      'strike',
    ])
  })
  it('is not drawn where nobody knows the place', () => {
    expect(cellFeatures({ ...CELL, lat: null }, 'kept', 500)).toEqual([])
  })
})

it('north is up: a kilometre to the north is a higher latitude only', () => {
  const [lon, lat] = awayFrom(SITE, 0, 1000)
  expect(lon).toBeCloseTo(SITE.lon, 12)
  expect(lat - SITE.lat).toBeCloseTo(1000 / 111_195, 9)
})
