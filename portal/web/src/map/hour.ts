/** One hour of hexagons, and what each measure draws of it. */
import type { HexagonColumns, Instant } from '../api'
import type { Measure } from '../state'
import type { Ground } from './ground'
import type { Mesh } from './mesh'

export type HourOfHexagons = HexagonColumns & {
  at: Instant
  ground: Ground
  mesh: Mesh
  /** Slot in the mesh of each row. */
  slots: Uint32Array
  /** Row of each slot; -1 where this hour has no figure that may be shown. */
  rows: Int32Array
}

/** What a measure draws of a row: people per km², people per km² above the usual, times the usual. */
export const valueAt = (hour: HourOfHexagons, row: number, measure: Measure) => {
  if (measure === 'density') return hour.people_per_km2[row]
  if (measure === 'change') return hour.people[row] / hour.baseline[row]
  return hour.excess[row] / hour.mesh.areaKm2(hour.slots[row])
}

export const valuesOf = (hour: HourOfHexagons, measure: Measure) =>
  Float32Array.from({ length: hour.hex.length }, (_, row) => valueAt(hour, row, measure))
