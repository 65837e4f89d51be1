/** Playing: one hour after the other, as fast as chosen and no faster than the map can show them. */
import { effect, signal } from '@preact/signals'
import { HOUR_MS, laterBy } from '../i18n/times'
import { isLoading } from '../map/state'
import { at } from '../state'
import { lastHour } from './week'

export const SPEEDS = [1, 2, 4] as const
const SLOWEST_MS = 1200

export const playing = signal(false)
export const speed = signal<(typeof SPEEDS)[number]>(1)

const step = () => {
  if (isLoading.peek() || !at.peek()) return
  if (at.peek() === lastHour()) playing.value = false
  else at.value = laterBy(String(at.peek()), HOUR_MS)
}

/** Starts the clock of the player; returns how to end it. */
export const followPlaying = () =>
  effect(() => {
    if (!playing.value) return
    const timer = setInterval(step, SLOWEST_MS / speed.value)
    return () => clearInterval(timer)
  })
