/** Where the map looks. */
import { effect } from '@preact/signals'
import { cellToLatLng } from 'h3-js'
import { get, type LngLatBox } from '../api'
import { type Selection, selection, status, targets } from '../state'
import { leadMap, outlines } from './state'

const CLOSE_ZOOM = 12.5
const MARGIN_PX = 48

/** People who asked their system for less motion get none. */
export const wantsCalm = () => matchMedia('(prefers-reduced-motion: reduce)').matches

/** Shows a box of longitudes and latitudes. */
export const flyToBox = ([west, south, east, north]: LngLatBox) =>
  leadMap.value?.fitBounds([west, south, east, north], {
    padding: MARGIN_PX,
    maxZoom: CLOSE_ZOOM + 1.5,
    animate: !wantsCalm(),
  })

export const flyTo = (lng: number, lat: number) => {
  const map = leadMap.value
  if (!map) return
  const there = { center: [lng, lat] as [number, number], zoom: Math.max(map.getZoom(), CLOSE_ZOOM) }
  if (wantsCalm()) map.jumpTo(there)
  else map.flyTo({ ...there, maxDuration: 1500 })
}

const isWithin = (at: number, length: number) => {
  const margin = Math.min(MARGIN_PX, length / 4)
  return at > margin && at < length - margin
}

/** Whether a place lies well inside what is visible. */
const isInView = (lng: number, lat: number) => {
  const map = leadMap.value
  if (!map) return true
  const { x, y } = map.project([lng, lat])
  const { clientWidth, clientHeight } = map.getContainer()
  const isClose = map.getZoom() > CLOSE_ZOOM - 4
  return isClose && isWithin(x, clientWidth) && isWithin(y, clientHeight)
}

export const showPlace = (lng: number, lat: number) => {
  if (!isInView(lng, lat)) flyTo(lng, lat)
}

const placeOfGathering = async (id: string) => {
  const here = outlines.peek().features.find(({ properties }) => properties.gathering_id === id)
  return (
    here?.properties ??
    get<{ lat: number; lon: number }>(`/gatherings/${id}`, { at: status.peek()?.newest_hour })
  )
}

const showSelected = async (selected: Selection | null) => {
  if (selected?.kind === 'hexagon') {
    const [lat, lng] = cellToLatLng(selected.hex)
    showPlace(lng, lat)
  } else if (selected?.kind === 'gathering') {
    const { lon, lat } = await placeOfGathering(selected.id)
    showPlace(lon, lat)
  }
}

const middleOf = (numbers: number[]) => (Math.min(...numbers) + Math.max(...numbers)) / 2

/** A warning has no place of its own: its cells have one. */
const showTargets = () => {
  const placed = targets.value.filter(({ lat, lon }) => lat !== null && lon !== null)
  if (selection.peek()?.kind !== 'warning' || placed.length === 0) return
  showPlace(middleOf(placed.map(({ lon }) => Number(lon))), middleOf(placed.map(({ lat }) => Number(lat))))
}

/** Brings what gets selected into view, also when its panel takes room from the map; returns how to end that. */
export const followSelection = () => {
  const show = () => {
    showSelected(selection.peek()).catch(() => undefined)
    showTargets()
  }
  const ends = [
    effect(() => {
      if (leadMap.value && selection.value) show()
    }),
    effect(showTargets),
    effect(() => {
      const map = leadMap.value
      map?.on('resize', show)
      return () => map?.off('resize', show)
    }),
  ]
  return () => {
    for (const end of ends) end()
  }
}
