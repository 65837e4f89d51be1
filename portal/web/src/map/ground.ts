/** Which hexagons the map asks for: a box somewhat wider than the view, and how fine. */
import type { LngLatBox } from '../api'

export type Ground = { box: LngLatBox; resolution: number }

export const MOST_HEXAGONS = 8000
const COARSEST = 3
/** Mean area of a hexagon of resolution 0; each finer resolution has a seventh of it. */
const LARGEST_KM2 = 4_357_449
const KM_PER_DEGREE = 111.195
/** How much wider than the view on each side, so that a small pan asks for nothing. */
const MARGIN = 0.15

export const areaKm2 = ([west, south, east, north]: LngLatBox) => {
  const middle = ((south + north) / 2) * (Math.PI / 180)
  return (east - west) * (north - south) * KM_PER_DEGREE ** 2 * Math.cos(middle)
}

/** The finest resolution that keeps the hexagons of a box below the most that are drawn at once. */
export const resolutionFor = (box: LngLatBox, finest: number) => {
  const area = areaKm2(box)
  for (let resolution = finest; resolution > COARSEST; resolution -= 1) {
    if (area / (LARGEST_KM2 / 7 ** resolution) <= MOST_HEXAGONS) return resolution
  }
  return COARSEST
}

const widened = ([west, south, east, north]: LngLatBox): LngLatBox => {
  const [dx, dy] = [(east - west) * MARGIN, (north - south) * MARGIN]
  return [west - dx, south - dy, east + dx, north + dy]
}

const overlap = (one: LngLatBox, other: LngLatBox): LngLatBox => [
  Math.max(one[0], other[0]),
  Math.max(one[1], other[1]),
  Math.min(one[2], other[2]),
  Math.min(one[3], other[3]),
]

export const holds = (outer: LngLatBox, inner: LngLatBox) =>
  outer[0] <= inner[0] && outer[1] <= inner[1] && outer[2] >= inner[2] && outer[3] >= inner[3]

const isEmpty = ([west, south, east, north]: LngLatBox) => west >= east || south >= north

/** Four decimals are eleven metres: enough for a box, and an address that can be kept by the browser. */
const rounded = ([west, south, east, north]: LngLatBox): LngLatBox => [
  Math.floor(west * 1e4) / 1e4,
  Math.floor(south * 1e4) / 1e4,
  Math.ceil(east * 1e4) / 1e4,
  Math.ceil(north * 1e4) / 1e4,
]

/**
 * What to ask for now.
 *
 * Args:
 *   view: what is visible.
 *   data: box of all ground that has density; nothing outside it is asked for.
 *   finest: resolution of the lake.
 *   held: what the map holds already; it stays as long as it covers the view as finely.
 *
 * Returns null where the view shows no ground with density.
 */
export const groundFor = (
  view: LngLatBox,
  data: LngLatBox,
  finest: number,
  held: Ground | null,
): Ground | null => {
  const seen = overlap(view, data)
  if (isEmpty(seen)) return null
  const box = rounded(overlap(widened(view), widened(data)))
  const resolution = resolutionFor(overlap(box, data), finest)
  return held && held.resolution === resolution && holds(held.box, seen) ? held : { box, resolution }
}
