/** Where the map looks. */
import type { Geometry } from 'geojson'
import type { Map as MapLibre } from 'maplibre-gl'
import type { LngLatBox, TargetCell } from '../api'
import { compare, nameOf, onMap, selection, status, targets } from '../state'
import { split } from './split'
import { dataBox, leadMap } from './state'

const CLOSE_ZOOM = 12.5
/** As near as what is selected is looked at. */
const CLOSEST_ZOOM = 15
const MARGIN_PX = 48
const LONGEST_MS = 1500
type Places = [lng: number, lat: number][]
type Room = { top: number; right: number; bottom: number; left: number }

/** People who asked their system for less motion get none. */
export const wantsCalm = () => matchMedia('(prefers-reduced-motion: reduce)').matches

const sizeOf = (name: string) => {
  const its = document.querySelector<HTMLElement>(name)
  return { width: its?.offsetWidth ?? 0, height: its?.offsetHeight ?? 0 }
}

/** The strip of a swiped map on which the other hour lies. */
const besideWidth = (width: number) =>
  compare.peek()?.how === 'swipe' && split.peek() > 0.3 ? width * (1 - split.peek()) : 0

/** Ways to keep clear of the legend, which lies in the lower left, and of the buttons at the right. */
const roomsOf = ({ clientWidth: width, clientHeight: height }: HTMLElement): Room[] => {
  const [legend, buttons] = [sizeOf('.legend'), sizeOf('.map-buttons')]
  const margin = Math.min(MARGIN_PX, width / 8, height / 8)
  const right = Math.max(buttons.width + margin / 2, besideWidth(width) + margin)
  const plain = { top: margin, right: right < width / 2 ? right : margin, bottom: margin, left: margin }
  const [above, beside] = [legend.height + margin, legend.width + margin]
  const clear = [
    ...(above < height / 2 ? [{ ...plain, bottom: above }] : []),
    ...(beside < width / 2 ? [{ ...plain, left: beside }] : []),
  ]
  return clear.length > 0 ? clear : [plain]
}

type Look = { rooms: Room[]; animate: boolean }

/** Shows a box of longitudes and latitudes as large as one of the rooms allows. */
const lookAt = (map: MapLibre, [west, south, east, north]: LngLatBox, { rooms, animate }: Look) => {
  const cameras = rooms.map((padding) =>
    map.cameraForBounds([west, south, east, north], { padding, maxZoom: CLOSEST_ZOOM }),
  )
  const best = cameras
    .filter((each) => each !== undefined)
    .reduce((one, other) => ((other.zoom ?? 0) > (one.zoom ?? 0) ? other : one))
  if (animate) map.flyTo({ ...best, maxDuration: LONGEST_MS })
  else map.jumpTo(best)
}

const evenRoom = ({ clientWidth, clientHeight }: HTMLElement): Room => {
  const margin = Math.min(MARGIN_PX, clientWidth / 8, clientHeight / 8)
  return { top: margin, right: margin, bottom: margin, left: margin }
}

/** Shows a box of longitudes and latitudes; a small map leaves less around it. */
export const flyToBox = (to: LngLatBox) => {
  const map = leadMap.peek()
  if (map) lookAt(map, to, { rooms: [evenRoom(map.getContainer())], animate: !wantsCalm() })
}

/** All ground with data: as it was sent, or as the server says before that. */
export const flyToData = () => {
  const all = dataBox.peek() ?? status.peek()?.box
  if (all) flyToBox(all)
}

/** Where a page opens: nobody has looked anywhere yet that a flight could start from. */
export const openOn = (map: MapLibre, all: LngLatBox) =>
  lookAt(map, all, { rooms: [evenRoom(map.getContainer())], animate: false })

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

export const boxOf = (places: Places): LngLatBox | null => {
  if (places.length === 0) return null
  const [lngs, lats] = [places.map(([lng]) => lng), places.map(([, lat]) => lat)]
  return [Math.min(...lngs), Math.min(...lats), Math.max(...lngs), Math.max(...lats)]
}

/** Shows the ground of what is selected and all its cells, as near as they fit; false where they are not known yet. */
export const showSelected = () => {
  const [map, known] = [leadMap.peek(), onMap.peek()]
  if (!known || known.of !== nameOf(selection.peek())) return false
  const its = boxOf([...sites(targets.peek()), ...cornersOf(known.ground)])
  if (map && its) lookAt(map, its, { rooms: roomsOf(map.getContainer()), animate: !wantsCalm() })
  return Boolean(map && its)
}
