/** What the map asks the server for beside hexagons: areas, gatherings' outlines, cells, a footprint. */
import { effect, type ReadonlySignal, type Signal, signal } from '@preact/signals'
import type { FeatureCollection } from 'geojson'
import { askUntilAnswered } from '../again'
import {
  type AreaDetail,
  type Areas,
  type CellFootprint,
  get,
  type Instant,
  type Outlines,
  type TargetCell,
} from '../api'
import { at, box, cellEdit, filters, footprintOf, lakeVersion, selection, status, view } from '../state'

const WAIT_MS = 150
/** What belongs to another hour is taken off the map when its own takes longer than this. */
const PATIENCE_MS = 1500
const NOTHING: FeatureCollection<never, never> = { type: 'FeatureCollection', features: [] }

export const areas = signal<Areas>(NOTHING)
/** Cells of the plan in view, while somebody edits a warning's cells. */
export const planCells = signal<TargetCell[]>([])
export const footprint = signal<CellFootprint | null>(null)
/** The area that is selected or that the lists are narrowed to. */
export const chosenArea = signal<AreaDetail | null>(null)

/** Zoom from which the areas of a level are drawn, coarsest first. */
const LEVEL_ZOOMS: [level: string, from: number][] = [
  ['province', 0],
  ['regency', 6.5],
  ['district', 9],
  ['village', 12],
]

/** The finest loaded level that suits a zoom, else the coarsest that is loaded. */
export const levelFor = (zoom: number, loaded: string[]) => {
  const known = LEVEL_ZOOMS.filter(([level]) => loaded.includes(level))
  return (known.findLast(([, from]) => zoom >= from) ?? known[0])?.[0] ?? null
}

type Ask<T> = (stop: AbortSignal) => Promise<T> | null

type How = { wait_ms?: number; isOfAnHour?: boolean }

/**
 * Asks whenever what `ask` reads changes, a moment after the last change, until there is an answer; the last one counts.
 *
 * What belongs to an hour does not outlast it: where the answer fails or is late, nothing is shown meanwhile.
 */
export const follow = <T>(
  into: Signal<T>,
  empty: T,
  ask: () => Ask<T>,
  { wait_ms = WAIT_MS, isOfAnHour = false }: How = {},
) =>
  effect(() => {
    const request = ask()
    const stop = new AbortController()
    const clear = () => {
      if (isOfAnHour) into.value = empty
    }
    const show = async () => {
      try {
        into.value = await askUntilAnswered(async (its) => (await request(its)) ?? empty, stop.signal, clear)
      } catch {
        // Nobody waits for it any more.
      } finally {
        clearTimeout(late)
      }
    }
    const timer = setTimeout(show, wait_ms)
    const late = setTimeout(clear, wait_ms + PATIENCE_MS)
    return () => {
      clearTimeout(timer)
      clearTimeout(late)
      stop.abort()
    }
  })

export const followOutlines = (hour: ReadonlySignal<Instant | null>, into: Signal<Outlines>) =>
  follow(
    into,
    NOTHING,
    () => {
      const [its] = [hour.value, lakeVersion.value]
      return (stop) => (its ? get<Outlines>('/gatherings/outlines', { at: its }, stop) : null)
    },
    { wait_ms: 0, isOfAnHour: true },
  )

const followAreas = () =>
  follow(areas, NOTHING, () => {
    const zoom = view.value?.zoom ?? 5
    const level = levelFor(zoom, status.value?.area_levels ?? [])
    const query = { level, box: box.value?.map((side) => side.toFixed(4)).join(','), zoom: zoom.toFixed(1) }
    return (stop) => (level && query.box ? get<Areas>('/areas', query, stop) : null)
  })

const followPlan = () =>
  follow(planCells, [], () => {
    const [isEditing, its, hour] = [cellEdit.value !== null, box.value, at.value]
    const query = { box: its?.map((side) => side.toFixed(4)).join(','), at: hour }
    return (stop) =>
      isEditing && its ? get<{ cells: TargetCell[] }>('/cells', query, stop).then(({ cells }) => cells) : null
  })

const followFootprint = () =>
  follow<CellFootprint | null>(
    footprint,
    null,
    () => {
      const [cell, hour] = [footprintOf.value, at.value]
      const path =
        cell && `/cells/${encodeURIComponent(cell.operator)}/${encodeURIComponent(cell.cell_id)}/footprint`
      return (stop) => (path ? get<CellFootprint>(path, { at: hour }, stop) : null)
    },
    { isOfAnHour: true },
  )

const followArea = () =>
  follow<AreaDetail | null>(chosenArea, null, () => {
    const code = selection.value?.kind === 'area' ? selection.value.code : filters.value.area
    return (stop) => (code ? get<AreaDetail>(`/areas/${encodeURIComponent(code)}`, {}, stop) : null)
  })

/** Starts asking; returns how to end it. */
export const followAll = () => {
  const ends = [followAreas(), followPlan(), followFootprint(), followArea()]
  return () => {
    for (const end of ends) end()
  }
}
