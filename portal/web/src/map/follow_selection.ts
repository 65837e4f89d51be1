/** Brings what gets selected into view. */
import { effect } from '@preact/signals'
import { cellToLatLng } from 'h3-js'
import type { MapLibreEvent } from 'maplibre-gl'
import { cellEdit, onMap, type Selection, selection } from '../state'
import { flyTo, showSelected } from './camera'
import { leadMap, placedByAddress } from './state'

const MARGIN_PX = 48
const CLOSE_ZOOM = 8.5

const isWithin = (at: number, length: number) => {
  const margin = Math.min(MARGIN_PX, length / 4)
  return at > margin && at < length - margin
}

/** Whether a place lies well inside what is visible. */
const isInView = (lng: number, lat: number) => {
  const map = leadMap.peek()
  if (!map) return true
  const { x, y } = map.project([lng, lat])
  const { clientWidth, clientHeight } = map.getContainer()
  return map.getZoom() > CLOSE_ZOOM && isWithin(x, clientWidth) && isWithin(y, clientHeight)
}

const showHexagon = (hex: string) => {
  const [lat, lng] = cellToLatLng(hex)
  if (!isInView(lng, lat)) flyTo(lng, lat)
}

/** What waits to be shown, until it is or the person moves the map. */
const following = () => {
  let waiting: Selection | null = null
  let isShown = false
  const show = () => {
    if (!waiting || !leadMap.peek() || cellEdit.peek()) return
    if (waiting.kind === 'hexagon') showHexagon(waiting.hex)
    else isShown = showSelected() || isShown
  }
  return {
    select: (chosen: Selection | null) => {
      const isPlaced = JSON.stringify(chosen) === placedByAddress.peek()
      placedByAddress.value = null
      waiting = isPlaced ? null : chosen
      isShown = false
      show()
    },
    /** Ground and cells come after what they belong to; the same ones again, an hour later, move nothing. */
    arrive: () => {
      if (!isShown) show()
    },
    /** A panel that opens takes room from the map. */
    resize: show,
    move: ({ originalEvent }: MapLibreEvent) => {
      if (originalEvent) waiting = null
    },
  }
}

/** Starts that; returns how to end it. A link that says where its sender looked is believed. */
export const followSelection = () => {
  const its = following()
  const ends = [
    effect(() => {
      if (leadMap.value) its.select(selection.value)
    }),
    effect(() => {
      if (onMap.value) its.arrive()
    }),
    effect(() => {
      const map = leadMap.value
      map?.on('resize', its.resize)
      map?.on('movestart', its.move)
      return () => {
        map?.off('resize', its.resize)
        map?.off('movestart', its.move)
      }
    }),
  ]
  return () => {
    for (const end of ends) end()
  }
}
