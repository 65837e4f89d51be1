/** What the map draws as GeoJSON: outlines with their labels, what is selected, cells, footprints. */
import type { Feature, FeatureCollection, Geometry, Polygon } from 'geojson'
import { cellToBoundary } from 'h3-js'
import type { Areas, CellFootprint, Outlines, TargetCell } from '../api'
import { t, tOr } from '../i18n'
import { rounded } from '../i18n/numbers'
import type { CellEdit } from '../state'
import { type CellState, cellFeatures, keyOfCell } from './sectors'

export const collection = (features: Feature[]): FeatureCollection => ({
  type: 'FeatureCollection',
  features,
})

const point = (lon: number, lat: number, properties: Record<string, unknown>): Feature => ({
  type: 'Feature',
  properties,
  geometry: { type: 'Point', coordinates: [lon, lat] },
})

export const areaNames = (areas: Areas) =>
  collection(areas.features.map(({ properties: { lon, lat, name } }) => point(lon, lat, { name })))

const northernmost = (geometry: Geometry): [number, number] | null => {
  const rings =
    geometry.type === 'Polygon'
      ? geometry.coordinates
      : geometry.type === 'MultiPolygon'
        ? geometry.coordinates.flat()
        : []
  const points = rings.flat()
  const top = points.reduce((best, at) => (at[1] > best[1] ? at : best), points[0])
  return top ? [top[0], top[1]] : null
}

/** "Awas · 11.000", and "A" from afar: the level in words, so that it does not rest on a colour. */
export const outlineNames = ({ features }: Outlines) =>
  collection(
    features.map(({ geometry, properties: { gathering_id, level, people, lon, lat } }) => {
      const [x, y] = northernmost(geometry) ?? [lon, lat]
      const name = tOr(`level.${level}`, level)
      const label = people === null ? name : t('map.outline_label', { level: name, people: rounded(people) })
      return point((x + lon) / 2, y, { label, gathering_id, level, letter: name.slice(0, 1) })
    }),
  )

export const hexagonPolygon = (hex: string): Polygon => ({
  type: 'Polygon',
  coordinates: [cellToBoundary(hex, true)],
})

export const mark = (geometry: Geometry, its: 'selected' | 'around' | 'pointed'): Feature => ({
  type: 'Feature',
  properties: { mark: its },
  geometry,
})

/** Hexagons of a footprint; `share` is against the heaviest of them. */
export const footprintFeatures = (its: CellFootprint | null) =>
  collection(
    (its?.hexes ?? []).map((hex, i) => ({
      type: 'Feature',
      properties: { share: (its?.weights[i] ?? 0) / (its?.weights[0] ?? 1) },
      geometry: hexagonPolygon(hex),
    })),
  )

const stateOf = (cell: TargetCell, edit: CellEdit | null): CellState =>
  edit?.takeOff.has(cell.cell_id) ? 'off' : edit?.add.has(cell.cell_id) ? 'added' : 'kept'

export const targetFeatures = (cells: TargetCell[], edit: CellEdit | null, range_m: number) =>
  collection(cells.flatMap((cell) => cellFeatures(cell, stateOf(cell, edit), range_m)))

/** Cells of the plan that are no targets yet; those that were put on are drawn as targets. */
export const freeFeatures = (plan: TargetCell[], targets: TargetCell[], edit: CellEdit, range_m: number) => {
  const taken = new Set(targets.map(keyOfCell))
  const others = plan.filter((cell) => !taken.has(keyOfCell(cell)))
  return collection(
    others.flatMap((cell) => cellFeatures(cell, edit.add.has(cell.cell_id) ? 'added' : 'free', range_m)),
  )
}
