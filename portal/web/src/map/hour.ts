/** One hour of hexagons as the server sends it. */
import { tableFromIPC } from 'apache-arrow'
import { getBytes, type HexagonColumns, type Instant } from '../api'
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

const COLUMNS = ['people', 'people_per_km2', 'baseline', 'excess', 'coverage'] as const

/** What a measure draws of a row: people per km², people per km² above the usual, times the usual. */
export const valueAt = (hour: HourOfHexagons, row: number, measure: Measure) => {
  if (measure === 'density') return hour.people_per_km2[row]
  if (measure === 'change') return hour.people[row] / hour.baseline[row]
  return hour.excess[row] / hour.mesh.areaKm2(hour.slots[row])
}

export const valuesOf = (hour: HourOfHexagons, measure: Measure) =>
  Float32Array.from({ length: hour.hex.length }, (_, row) => valueAt(hour, row, measure))

const rowsOf = (slots: Uint32Array, size: number) => {
  const rows = new Int32Array(size).fill(-1)
  slots.forEach((slot, row) => {
    rows[slot] = row
  })
  return rows
}

export const loadHour = async (
  at: Instant,
  ground: Ground,
  mesh: Mesh,
  signal: AbortSignal,
): Promise<HourOfHexagons> => {
  const query = { at, box: ground.box.join(','), resolution: ground.resolution }
  const table = tableFromIPC(await getBytes('/hexagons', query, signal))
  const hex = table.getChild('hex')?.toArray() as BigUint64Array
  const numbers = COLUMNS.map((name) => [name, table.getChild(name)?.toArray() as Float32Array])
  const slots = mesh.slots(hex)
  const columns = Object.fromEntries(numbers) as Omit<HexagonColumns, 'hex'>
  return { at, ground, mesh, hex, ...columns, slots, rows: rowsOf(slots, mesh.size) }
}
