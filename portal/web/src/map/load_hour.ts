/** One hour of hexagons as the server sends it. */
import { tableFromIPC } from 'apache-arrow'
import { getBytes, type HexagonColumns, type Instant } from '../api'
import type { Ground } from './ground'
import type { HourOfHexagons } from './hour'
import type { Mesh } from './mesh'

const COLUMNS = ['people', 'people_per_km2', 'baseline', 'excess', 'coverage'] as const

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
