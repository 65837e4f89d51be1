/** What the parts of the map need to know of each other, and the page of them before they are loaded. */
import { computed, signal } from '@preact/signals'
import type { Map as MapLibre } from 'maplibre-gl'
import type { LngLatBox, Outlines } from '../api'
import { type Measure, measure } from '../state'
import { CHANGE_BREAKS } from './classes'
import type { Ground } from './ground'
import type { HourOfHexagons } from './hour'

/** The maps on the page, the lead first. */
export const panes = signal<MapLibre[]>([])
export const leadMap = computed(() => panes.value[0] ?? null)
/** The hexagons on the lead map, and those on the other one while two hours are compared. */
export const shown = signal<HourOfHexagons | null>(null)
export const shownBeside = signal<HourOfHexagons | null>(null)
export const outlines = signal<Outlines>({ type: 'FeatureCollection', features: [] })
export const outlinesBeside = signal<Outlines>({ type: 'FeatureCollection', features: [] })
/** Why there are no hexagons: what the server said, or that it said nothing. */
export const problem = signal<unknown>(null)
/** A browser that cannot draw maps. */
export const isBlind = signal(false)
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

/** The ground whose hexagons are held; null where nothing in view has density. */
export const shownGround = signal<Ground | null>(null)
/** The box of all hexagons that were sent, once one answer held them all. */
export const dataBox = signal<LngLatBox | null>(null)
/** What an address selected together with where to look, as JSON: the map stays where it is told to be. */
export const placedByAddress = signal<string | null>(null)
