/** Shapes of cells on the map: a sector that points where the antenna points, a disc where it sends all around. */
import type { Feature, LineString, Point, Polygon, Position } from 'geojson'
import type { TargetCell } from '../api'

const M_PER_DEGREE = 111_195
const HALF_WIDTH_DEG = 28
const STEPS = 8

type Placed = { lat: number; lon: number; azimuth_deg: number | null }

/** The point that lies `range_m` from a site; azimuth clockwise from north. */
export const awayFrom = ({ lat, lon }: Placed, azimuth_deg: number, range_m: number): Position => {
  const angle = (azimuth_deg * Math.PI) / 180
  const metresPerDegree = M_PER_DEGREE * Math.cos((lat * Math.PI) / 180)
  return [
    lon + (Math.sin(angle) * range_m) / metresPerDegree,
    lat + (Math.cos(angle) * range_m) / M_PER_DEGREE,
  ]
}

const arc = (from: number, to: number, steps: number) =>
  Array.from({ length: steps + 1 }, (_, i) => from + ((to - from) * i) / steps)

/** The ring of a sector, its tip at the site; of a disc of half the range where no azimuth is known. */
export const sectorRing = (cell: Placed, range_m: number): Position[] => {
  if (cell.azimuth_deg === null) {
    return arc(0, 360, 3 * STEPS).map((azimuth_deg) => awayFrom(cell, azimuth_deg, range_m * 0.4))
  }
  const { azimuth_deg } = cell
  const bow = arc(azimuth_deg - HALF_WIDTH_DEG, azimuth_deg + HALF_WIDTH_DEG, STEPS)
  const tip = [cell.lon, cell.lat]
  return [tip, ...bow.map((angle) => awayFrom(cell, angle, range_m)), tip]
}

export const keyOfCell = ({ operator, cell_id }: { operator: string; cell_id: string }) =>
  `${operator}/${cell_id}`

export type CellState = 'kept' | 'off' | 'added' | 'free'
type Properties = {
  key: string
  operator: string
  cell_id: string
  state: CellState
  part: 'sector' | 'strike' | 'ring'
}

const isPlaced = (cell: TargetCell): cell is TargetCell & Placed => cell.lat !== null && cell.lon !== null

/** A sector; a line across it where the cell is taken off, a ring at its mast where it was put on. */
export const cellFeatures = (
  cell: TargetCell,
  state: CellState,
  range_m: number,
): Feature<Polygon | LineString | Point, Properties>[] => {
  if (!isPlaced(cell)) return []
  const base = { key: keyOfCell(cell), operator: cell.operator, cell_id: cell.cell_id, state }
  const sector: Feature<Polygon, Properties> = {
    type: 'Feature',
    properties: { ...base, part: 'sector' },
    geometry: { type: 'Polygon', coordinates: [sectorRing(cell, range_m)] },
  }
  if (state === 'added') {
    const mast: Point = { type: 'Point', coordinates: [cell.lon, cell.lat] }
    return [sector, { type: 'Feature', properties: { ...base, part: 'ring' }, geometry: mast }]
  }
  if (state !== 'off') return [sector]
  const azimuth_deg = cell.azimuth_deg ?? 0
  const strike = [
    awayFrom(cell, azimuth_deg + 60, range_m * 0.7),
    awayFrom(cell, azimuth_deg - 60, range_m * 0.7),
  ]
  return [
    sector,
    {
      type: 'Feature',
      properties: { ...base, part: 'strike' },
      geometry: { type: 'LineString', coordinates: strike },
    },
  ]
}
