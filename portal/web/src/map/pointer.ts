/** The pointer on a map: what it points at, and clicks. */
import type { ReadonlySignal } from '@preact/signals'
import type { MapMouseEvent } from 'maplibre-gl'
import type { HourOfHexagons } from './hour'
import type { Pane } from './pane'
import { clickAt, hexagonAt, isClickable } from './pointing'
import { pointed } from './state'

export const listenToPointer = ({ map }: Pane, hour: ReadonlySignal<HourOfHexagons | null>) => {
  const leave = () => {
    pointed.value = null
  }
  const move = ({ point, lngLat }: MapMouseEvent) => {
    const its = hour.peek()
    const slot = its && hexagonAt(its, lngLat.lng, lngLat.lat)
    pointed.value =
      its && slot !== null ? { hour: its, slot, x: point.x, y: point.y, map, by: 'pointer' } : null
    map.getCanvas().style.cursor = pointed.value || isClickable(map, point) ? 'pointer' : ''
  }
  map.on('mousemove', move)
  map.on('mouseout', leave)
  map.on('dragstart', leave)
  map.on('resize', leave)
  map.on('click', ({ point }) => clickAt(map, point, hour.peek()))
  // Another hour under a pointer that rests: what it points at is what is drawn there now.
  return hour.subscribe((its) => {
    const before = pointed.peek()
    if (before?.map !== map) return
    const isThere = its && before.hour.mesh === its.mesh && (its.rows[before.slot] ?? -1) >= 0
    pointed.value = isThere ? { ...before, hour: its } : null
  })
}
