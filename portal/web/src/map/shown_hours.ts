/** Keeps the hexagons on a map those of its hour; what was there stays until they have come. */
import { effect, type ReadonlySignal, type Signal, untracked } from '@preact/signals'
import { askUntilAnswered } from '../again'
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

/** Puts the hour that `at` names into `into`, as soon as the server answers; returns how to end that. */
export const followHour = (at: ReadonlySignal<Instant | null>, into: Signal<HourOfHexagons | null>) => {
  const fail = (error: unknown) => {
    into.value = null
    problem.value = error
    isLoading.value = false
  }
  const show = async (from: HoursHeld, hour: Instant, stop: AbortSignal) => {
    const isPlaying = playing.peek()
    isLoading.value = true
    try {
      into.value = await askUntilAnswered(() => from.get(hour), stop, fail)
    } catch {
      return // Another hour is wanted by now.
    }
    problem.value = null
    isLoading.value = false
    ahead(from, hour, isPlaying)
  }
  return effect(() => {
    const [from, hour] = [held.value, at.value]
    if (!from || !hour) return
    const stop = new AbortController()
    untracked(() => show(from, hour, stop.signal))
    return () => stop.abort()
  })
}
