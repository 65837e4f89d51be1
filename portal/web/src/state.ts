/** What the page shows. Every part reads and writes these signals; none keeps a copy of its own. */
import { computed, signal } from '@preact/signals'
import type { Geometry } from 'geojson'
import type { Hour, LngLatBox, Session, Status, TargetCell } from './api'

export type Measure = 'density' | 'excess' | 'change'
export type Level = 'waspada' | 'siaga' | 'awas'
export type Theme = 'light' | 'dark'
export type Language = 'id' | 'en'
export type Compare = { at: string; how: 'swipe' | 'side' }
export type Selection =
  | { kind: 'hexagon'; hex: string }
  | { kind: 'gathering'; id: string }
  | { kind: 'warning'; id: string }
  | { kind: 'area'; code: string }
/** A selection in one word, to compare it with another: "gathering g1". */
export const nameOf = (its: Selection | null) => (its ? `${its.kind} ${Object.values(its)[1]}` : '')
export type Filters = { area: string | null; levels: Level[]; sort: 'unread' | 'level' | 'people' | 'newest' }
/** Cells that a person takes off or puts on a draft, before it is saved. */
export type CellEdit = { warning: string; takeOff: Set<string>; add: Map<string, string> }

export const session = signal<Session | null>(null)
export const status = signal<Status | null>(null)
/** The hours of the week around `at`, oldest first. */
export const hours = signal<Hour[]>([])
/** The hour on the map: ISO 8601 in UTC, e.g. 2020-03-31T12:00:00Z. */
export const at = signal<string | null>(null)
export const compare = signal<Compare | null>(null)
export const measure = signal<Measure>('density')
export const view = signal<{ lng: number; lat: number; zoom: number } | null>(null)
/** What is visible: west, south, east, north. */
export const box = signal<LngLatBox | null>(null)
export const selection = signal<Selection | null>(null)
export const filters = signal<Filters>({ area: null, levels: ['waspada', 'siaga', 'awas'], sort: 'unread' })
/** Target cells of what is selected, for the map to draw; set by the panel that loaded them. */
export const targets = signal<TargetCell[]>([])
/** The ground of what is selected and the hours in which it was there; set by the panel that loaded them. */
export type OnMap = { of: string; ground: Geometry; hours: ReadonlySet<string> }
export const onMap = signal<OnMap | null>(null)
/** Target cells of another time say nothing about the hour on the map, except to whoever edits them. */
export const targetsNow = computed(() => {
  const isOfAnotherHour = onMap.value && at.value && !onMap.value.hours.has(at.value)
  return isOfAnotherHour && !cellEdit.value ? [] : targets.value
})
/** The target cell whose footprint the map draws. */
export const footprintOf = signal<{ operator: string; cell_id: string } | null>(null)
export const cellEdit = signal<CellEdit | null>(null)
/** Whether the list has been asked for and answered once: the map, whose start keeps the browser busy, waits for that. */
export const isListed = signal(false)
export const language = signal<Language>('id')
export const theme = signal<Theme>('light')
/** What a screen reader should be told now. */
export const announcement = signal('')
/** Counts up when the server says that something in the ledger changed. */
export const ledgerVersion = signal(0)
/** Counts up when the server says that an hour of the lake is new or was written again. */
export const lakeVersion = signal(0)

export const may = computed(() => {
  const role = session.value?.account?.role
  const rank = role ? ['viewer', 'analyst', 'approver', 'admin'].indexOf(role) : -1
  return { look: rank >= 0, edit: rank >= 1, decide: rank >= 2, administer: rank >= 3 }
})
