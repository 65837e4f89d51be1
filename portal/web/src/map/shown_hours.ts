/** Keeps the hexagons on a map those of its hour; what was there stays until they have come. */
import { effect, type ReadonlySignal, type Signal } from '@preact/signals'
import type { Instant } from '../api'
import { HOUR_MS, laterBy } from '../i18n/times'
import { status } from '../state'
import { playing } from '../time/play'
import { held } from './held'
import type { HourOfHexagons } from './hour'
import type { HoursHeld } from './hours_held'
import { isLoading, problem } from './state'

/** Hours that will probably be wanted next, of those that the lake has. */
export const neighbours = (at: Instant, isPlaying: boolean, newest: Instant | null) =>
  (isPlaying ? [1, 2] : [1, -1])
    .map((hours) => laterBy(at, hours * HOUR_MS))
    .filter((hour) => newest !== null && hour <= newest)

const ahead = (from: HoursHeld, at: Instant, isPlaying: boolean) => {
  const newest = status.peek()?.newest_hour ?? null
  for (const next of neighbours(at, isPlaying, newest)) from.get(next).catch(() => undefined)
}

/** Puts the hour that `at` names into `into`; returns how to end that. */
export const followHour = (at: ReadonlySignal<Instant | null>, into: Signal<HourOfHexagons | null>) => {
  let wanted = 0
  const show = async (from: HoursHeld, hour: Instant, isPlaying: boolean) => {
    wanted += 1
    const mine = wanted
    isLoading.value = true
    try {
      const its = await from.get(hour)
      if (mine !== wanted) return
      into.value = its
      problem.value = null
      ahead(from, hour, isPlaying)
    } catch (error) {
      if (mine === wanted && !isAborted(error)) {
        into.value = null
        problem.value = error instanceof Error ? error.message : String(error)
      }
    } finally {
      if (mine === wanted) isLoading.value = false
    }
  }
  return effect(() => {
    if (held.value && at.value) show(held.value, at.value, playing.peek())
  })
}

const isAborted = (error: unknown) => error instanceof DOMException && error.name === 'AbortError'
