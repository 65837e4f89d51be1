/** What lies under a point of the map, and what a click on it means. */
import { latLngToCell } from 'h3-js'
import type { Map as MapLibre, PointLike } from 'maplibre-gl'
import { cellEdit, footprintOf, selection } from '../state'
import type { HourOfHexagons } from './hour'
import { keyOf } from './mesh'

const NEAR_PX = 6
const OUTLINES = [
  'outline-casing',
  'outline-waspada',
  'outline-siaga',
  'outline-awas',
  'gathering-name',
  'gathering-dot',
]

const resolutionsOf = new WeakMap<HourOfHexagons, number[]>()

/** Resolutions among the hexagons of an hour, the finest first. */
const resolutions = (hour: HourOfHexagons) => {
  const known = resolutionsOf.get(hour)
  if (known) return known
  const found = new Set<number>()
  for (const hex of hour.hex) found.add(Number((hex >> 52n) & 0xfn))
  const sorted = [...found].sort((one, other) => other - one)
  resolutionsOf.set(hour, sorted)
  return sorted
}

const slotOf = (hour: HourOfHexagons, hex: string) => {
  const high = Number.parseInt(hex.slice(0, -8), 16)
  return hour.mesh.find(keyOf(Number.parseInt(hex.slice(-8), 16), high))
}

/** The slot of the hexagon at a place that has a figure in this hour. */
export const hexagonAt = (hour: HourOfHexagons, lng: number, lat: number) => {
  for (const resolution of resolutions(hour)) {
    const slot = slotOf(hour, latLngToCell(lat, lng, resolution))
    if (slot !== undefined && (hour.rows[slot] ?? -1) >= 0) return slot
  }
  return null
}

export const hexOf = (hour: HourOfHexagons, slot: number) => hour.hex[hour.rows[slot]].toString(16)

const around = ({ x, y }: { x: number; y: number }): [PointLike, PointLike] => [
  [x - NEAR_PX, y - NEAR_PX],
  [x + NEAR_PX, y + NEAR_PX],
]

const featureAt = (map: MapLibre, at: { x: number; y: number }, layers: string[]) => {
  const drawn = layers.filter((layer) => map.getLayer(layer))
  return map.queryRenderedFeatures(around(at), { layers: drawn })[0]?.properties
}

/** Puts a cell on the draft or takes it off; the same click again undoes that. */
export const toggleCell = (
  { operator, cell_id }: { operator: string; cell_id: string },
  isTarget: boolean,
) => {
  const edit = cellEdit.value
  if (!edit) return
  const [takeOff, add] = [new Set(edit.takeOff), new Map(edit.add)]
  const isUndone = takeOff.delete(cell_id) || add.delete(cell_id)
  if (!isUndone && isTarget) takeOff.add(cell_id)
  if (!isUndone && !isTarget) add.set(cell_id, operator)
  cellEdit.value = { ...edit, takeOff, add }
}

const clickCell = (map: MapLibre, at: { x: number; y: number }) => {
  const target = featureAt(map, at, ['targets'])
  const free = cellEdit.value && !target ? featureAt(map, at, ['cells']) : null
  const cell = target ?? free
  if (!cell) return false
  const its = { operator: String(cell.operator), cell_id: String(cell.cell_id) }
  if (cellEdit.value) toggleCell(its, Boolean(target))
  else footprintOf.value = footprintOf.value?.cell_id === its.cell_id ? null : its
  return true
}

const gatheringAt = (map: MapLibre, at: { x: number; y: number }) => {
  const onLine = featureAt(map, at, OUTLINES)?.gathering_id
  if (onLine) return String(onLine)
  const inside = featureAt(map, at, ['outline-inside'])?.gathering_id
  const isSelected = selection.value?.kind === 'gathering' && selection.value.id === inside
  return inside && !isSelected ? String(inside) : null
}

/**
 * Cells first, they are small; then gatherings; inside the one that is selected already, its hexagons.
 * While cells are chosen a click beside them must not close the draft.
 */
export const clickAt = (map: MapLibre, at: { x: number; y: number }, hour: HourOfHexagons | null) => {
  if (clickCell(map, at) || cellEdit.value) return
  const gathering = gatheringAt(map, at)
  if (gathering) {
    selection.value = { kind: 'gathering', id: gathering }
    return
  }
  const { lng, lat } = map.unproject([at.x, at.y])
  const slot = hour && hexagonAt(hour, lng, lat)
  selection.value = hour && slot !== null ? { kind: 'hexagon', hex: hexOf(hour, slot) } : null
}

export const isClickable = (map: MapLibre, at: { x: number; y: number }) =>
  Boolean(featureAt(map, at, ['targets', 'cells', ...OUTLINES]))
