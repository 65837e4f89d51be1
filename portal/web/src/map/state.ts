/** What only the parts of the map need to know of each other. */
import { computed, effect, signal } from '@preact/signals'
import type { Map as MapLibre } from 'maplibre-gl'
import type { Outlines } from '../api'
import { box, lakeVersion, type Measure, measure, status } from '../state'
import { CHANGE_BREAKS, densityBreaks, excessBreaks } from './classes'
import { type Ground, groundFor } from './ground'
import { type HourOfHexagons, valuesOf } from './hour'
import { HoursHeld } from './hours_held'

/** The maps on the page, the lead first. */
export const panes = signal<MapLibre[]>([])
export const leadMap = computed(() => panes.value[0] ?? null)
/** The hexagons on the lead map, and those on the other one while two hours are compared. */
export const shown = signal<HourOfHexagons | null>(null)
export const shownBeside = signal<HourOfHexagons | null>(null)
export const outlines = signal<Outlines>({ type: 'FeatureCollection', features: [] })
export const outlinesBeside = signal<Outlines>({ type: 'FeatureCollection', features: [] })
/** Why there are no hexagons, in the server's words. */
export const problem = signal<string | null>(null)
export const isLoading = signal(false)

/** The hexagon under the pointer, or under the middle of the map while the keyboard moves it. */
export type Pointed = {
  hour: HourOfHexagons
  slot: number
  x: number
  y: number
  map: MapLibre
  by: 'pointer' | 'keyboard'
}
export const pointed = signal<Pointed | null>(null)

/** Inner bounds of the classes, kept while hours step so that a colour means the same in all of them. */
export const fitted = signal<Record<'density' | 'excess', number[] | null>>({ density: null, excess: null })
/** A link that names its classes gets them. */
export const isFittedByLink = () => fitted.peek().density !== null
export const breaksOf = (its: Measure) => (its === 'change' ? CHANGE_BREAKS : (fitted.value[its] ?? []))
export const breaks = computed(() => breaksOf(measure.value))

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
