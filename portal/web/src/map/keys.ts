/** The keyboard on a map; arrows, plus and minus are MapLibre's own. */
import type { ReadonlySignal } from '@preact/signals'
import { cellEdit, selection } from '../state'
import { stepGathering } from './gathering_steps'
import type { HourOfHexagons } from './hour'
import type { Pane } from './pane'
import { clickAt, hexagonAt } from './pointing'
import { pointed } from './state'

export const listenToKeys = (pane: Pane, hour: ReadonlySignal<HourOfHexagons | null>) => {
  const { map } = pane
  const canvas = map.getCanvas()
  let isByKeyboard = false

  const pointAtMiddle = () => {
    const its = hour.peek()
    if (!isByKeyboard || document.activeElement !== canvas || !its) return
    const { lng, lat } = map.getCenter()
    const { x, y } = map.project([lng, lat])
    const slot = hexagonAt(its, lng, lat)
    pointed.value = slot === null ? null : { hour: its, slot, x, y, map, by: 'keyboard' }
  }
  const actions: Record<string, () => void> = {
    Enter: () => clickAt(map, map.project(map.getCenter()), hour.peek()),
    n: () => stepGathering(1),
    p: () => stepGathering(-1),
    Escape: () => {
      if (!cellEdit.value) selection.value = null
    },
  }
  const onKey = (event: KeyboardEvent) => {
    isByKeyboard = true
    if (event.ctrlKey || event.metaKey || event.altKey) return
    actions[event.key]?.()
    pointAtMiddle()
  }
  const forget = () => {
    isByKeyboard = false
    if (pointed.peek()?.by === 'keyboard') pointed.value = null
  }
  canvas.addEventListener('keydown', onKey)
  canvas.addEventListener('blur', forget)
  canvas.addEventListener('pointerdown', forget)
  map.on('moveend', pointAtMiddle)
  return () => canvas.removeEventListener('keydown', onKey)
}
