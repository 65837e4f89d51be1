/** Where the map looks. */
import type { Geometry } from 'geojson'
import type { LngLatBox, TargetCell } from '../api'
import { type Selection, selection, status, targets } from '../state'
import { dataBox, leadMap, outlines } from './state'

const CLOSE_ZOOM = 12.5
/** As near as what is selected is looked at. */
const CLOSEST_ZOOM = 15
const MARGIN_PX = 48
const LONGEST_MS = 1500
type Places = [lng: number, lat: number][]

/** People who asked their system for less motion get none. */
export const wantsCalm = () => matchMedia('(prefers-reduced-motion: reduce)').matches

/** Shows a box of longitudes and latitudes; a small map leaves less around it. */
export const flyToBox = (to: LngLatBox, room = { bottom: 0 }) => lookAt(to, room, !wantsCalm())

const lookAt = ([west, south, east, north]: LngLatBox, room: { bottom: number }, animate: boolean) => {
  const map = leadMap.peek()
  if (!map) return
  const { clientWidth, clientHeight } = map.getContainer()
  const margin = Math.min(MARGIN_PX, clientWidth / 8, clientHeight / 8)
  map.fitBounds([west, south, east, north], {
    padding: { top: margin, left: margin, right: margin, bottom: Math.max(margin, room.bottom) },
    maxZoom: CLOSEST_ZOOM,
    maxDuration: LONGEST_MS,
    animate,
  })
}

/** All ground with data: as it was sent, or as the server says before that. */
export const flyToData = () => {
  const all = dataBox.peek() ?? status.peek()?.box
  if (all) flyToBox(all)
}

/** Where a page opens: nobody has looked anywhere yet that a flight could start from. */
export const openOn = (all: LngLatBox) => lookAt(all, { bottom: 0 }, false)

export const flyTo = (lng: number, lat: number) => {
  const map = leadMap.peek()
  if (!map) return
  const there = { center: [lng, lat] as [number, number], zoom: Math.max(map.getZoom(), CLOSE_ZOOM) }
  if (wantsCalm()) map.jumpTo(there)
  else map.flyTo({ ...there, maxDuration: LONGEST_MS })
}

const cornersOf = (geometry: Geometry): Places => {
  if (geometry.type === 'Polygon') return geometry.coordinates.flat() as Places
  return geometry.type === 'MultiPolygon' ? (geometry.coordinates.flat(2) as Places) : []
}

const sites = (cells: TargetCell[]): Places =>
  cells.flatMap(({ lat, lon }) => (lat === null || lon === null ? [] : [[lon, lat]]))

/** A gathering's outline in the hour on the map. */
const outlineOf = (its: Selection | null): Places =>
  outlines
    .peek()
    .features.filter(({ properties }) => its?.kind === 'gathering' && properties.gathering_id === its.id)
    .flatMap(({ geometry }) => cornersOf(geometry))

export const boxOf = (places: Places): LngLatBox | null => {
  if (places.length === 0) return null
  const [lngs, lats] = [places.map(([lng]) => lng), places.map(([, lat]) => lat)]
  return [Math.min(...lngs), Math.min(...lats), Math.max(...lngs), Math.max(...lats)]
}

/** What is small and counts must not lie under the legend, where the map has the room for both. */
const legendHeight = () => {
  const legend = document.querySelector<HTMLElement>('.legend')?.offsetHeight ?? 0
  const its = leadMap.peek()?.getContainer().clientHeight ?? 0
  return legend < its / 3 ? legend + MARGIN_PX : 0
}

/** Shows the ground of what is selected and all its cells, as near as they fit; false where nothing is known yet. */
export const showSelected = () => {
  const cells = sites(targets.peek())
  const its = cells.length > 0 && boxOf([...cells, ...outlineOf(selection.peek())])
  if (its) flyToBox(its, { bottom: legendHeight() })
  return Boolean(its)
}
