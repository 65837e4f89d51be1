/** The hours of hexagons that are held for the ground in view, and the classes that fit them. */
import { effect, signal } from '@preact/signals'
import type { MapLibreEvent } from 'maplibre-gl'
import { box, lakeVersion, selection, status } from '../state'
import { boxOf, openOn } from './camera'
import { densityBreaks, excessBreaks } from './classes'
import { type Ground, groundFor, holds } from './ground'
import { type HourOfHexagons, valuesOf } from './hour'
import { HoursHeld } from './hours_held'
import { dataBox, fitted, leadMap, shown, shownGround } from './state'

/** The hours of the ground in view; null where nothing has density. */
export const held = signal<HoursHeld | null>(null)

/** Keeps the ground that of the view; returns how to end that. */
export const followGround = () =>
  effect(() => {
    const data = status.value?.box
    if (!box.value || !data) return
    const before = held.peek()
    const ground = groundFor(box.value, data, status.value?.finest_resolution ?? 9, before?.ground ?? null)
    if (ground === (before?.ground ?? null)) return
    before?.stop()
    held.value = ground && new HoursHeld(ground)
    shownGround.value = ground
  })

/** An hour is new or was written again: all are asked for anew, their shapes are kept. */
export const followLake = () =>
  effect(() => {
    if (lakeVersion.value === 0) return
    const before = held.peek()
    if (before) held.value = new HoursHeld(before.ground, before.mesh)
  })

/** Classes that fit the hexagons in view, both ways. */
export const fitTo = (hour: HourOfHexagons) => {
  fitted.value = {
    density: densityBreaks(valuesOf(hour, 'density')),
    excess: excessBreaks(valuesOf(hour, 'excess')),
  }
}

/** Fits the classes anew when the ground changes; a link's own classes stay for the ground it opens on. */
export const followFit = (isRestored: boolean) => {
  let ground: Ground | null = null
  return effect(() => {
    const hour = shown.value
    if (!hour || hour.ground === ground || hour.hex.length === 0) return
    const keeps = isRestored && ground === null
    ground = hour.ground
    if (!keeps) fitTo(hour)
  })
}

const isWhole = ({ ground }: HourOfHexagons) => {
  const all = status.peek()?.box
  return all ? holds(ground.box, all) : false
}

const cornersOf = ({ mesh, slots }: HourOfHexagons) =>
  Array.from(slots).flatMap((slot) => {
    const corners = mesh.outline(slot)
    return [[corners[0], corners[1]] as [number, number], [corners[6], corners[7]] as [number, number]]
  })

/** Learns how far the data reach. */
export const followData = () =>
  effect(() => {
    const hour = shown.value
    if (!hour || hour.hex.length === 0 || dataBox.peek() || !isWhole(hour)) return
    dataBox.value = boxOf(cornersOf(hour))
  })

/** A page that was told no place opens on just the ground with data, unless somebody looks elsewhere before. */
export const openOnData = () => {
  let isFree = true
  return effect(() => {
    const [all, map] = [dataBox.value, leadMap.value]
    if (!map || !isFree) return
    const leave = ({ originalEvent }: MapLibreEvent) => {
      if (originalEvent) isFree = false
    }
    map.on('movestart', leave)
    if (all) {
      isFree = false
      if (!selection.peek()) openOn(map, all)
    }
    return () => map.off('movestart', leave)
  })
}
