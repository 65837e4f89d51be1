/** Cutting rings and lines at a box of longitudes and latitudes. */
import type { Position } from 'geojson'

export type Box = { west: number; south: number; east: number; north: number }

type Side = { isInside: (at: Position) => boolean; cut: (from: Position, to: Position) => Position }

const sidesOf = ({ west, south, east, north }: Box): Side[] => [
  { isInside: ([lon]) => lon >= west, cut: (from, to) => cutAt(from, to, 0, west) },
  { isInside: ([lon]) => lon <= east, cut: (from, to) => cutAt(from, to, 0, east) },
  { isInside: ([, lat]) => lat >= south, cut: (from, to) => cutAt(from, to, 1, south) },
  { isInside: ([, lat]) => lat <= north, cut: (from, to) => cutAt(from, to, 1, north) },
]

const cutAt = (from: Position, to: Position, axis: 0 | 1, value: number): Position => {
  const share = (value - from[axis]) / (to[axis] - from[axis])
  const other = from[1 - axis] + share * (to[1 - axis] - from[1 - axis])
  return axis === 0 ? [value, other] : [other, value]
}

const cutRing = (ring: Position[], { isInside, cut }: Side) =>
  ring.flatMap((to, i) => {
    const from = ring[(i + ring.length - 1) % ring.length]
    if (isInside(to)) return isInside(from) ? [to] : [cut(from, to), to]
    return isInside(from) ? [cut(from, to)] : []
  })

/** The part of a ring inside the box (Sutherland and Hodgman), open: without its first point again at the end. */
export const clipRing = (ring: Position[], box: Box): Position[] =>
  sidesOf(box).reduce(cutRing, ring.slice(0, -1))

/** A ring as GeoJSON wants it: its first point again at the end. */
export const ringOf = (open: Position[]): Position[] => [...open, open[0]]

/** The runs of a line's points that lie inside the box. */
export const clipLine = (line: Position[], { west, south, east, north }: Box): Position[][] => {
  const runs: Position[][] = [[]]
  for (const at of line) {
    const isInside = at[0] >= west && at[0] <= east && at[1] >= south && at[1] <= north
    if (isInside) runs[runs.length - 1].push(at)
    else if (runs[runs.length - 1].length > 0) runs.push([])
  }
  return runs.filter((run) => run.length > 1)
}
