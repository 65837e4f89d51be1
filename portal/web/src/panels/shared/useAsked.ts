/** An answer of the server that follows what it was asked about. */
import { type Signal, useSignal } from '@preact/signals'
import { useLayoutEffect } from 'preact/hooks'
import { loadSession } from '../../account/session'
import { askAgain, askUntilAnswered } from '../../again'
import { ApiError } from '../../api'

export type Asked<T> = { value: Signal<T | null>; error: Signal<unknown>; reload: () => void }

/** Whoever is told 401 is shown the way to sign in. */
export const noticeSignedOut = (error: unknown) => {
  if (error instanceof ApiError && error.status === 401) loadSession().catch(() => undefined)
}

/**
 * Ask now and whenever `about` changes, until there is an answer; the answer before stays until the new one is there.
 * `ask` is null where there is nothing to ask.
 */
export const useAsked = <T>(
  ask: ((signal: AbortSignal) => Promise<T>) | null,
  about: unknown[],
  pause_ms = 0,
): Asked<T> => {
  const value = useSignal<T | null>(null)
  const error = useSignal<unknown>(null)
  const again = useSignal(0)
  useLayoutEffect(() => {
    if (!ask) return
    const stop = new AbortController()
    const fail = (refusal: unknown) => {
      error.value = refusal
      noticeSignedOut(refusal)
    }
    const start = async () => {
      try {
        value.value = await askUntilAnswered(ask, stop.signal, fail)
        error.value = null
      } catch {
        // Nobody waits for it any more.
      }
    }
    // The first answer is wanted at once; later ones wait until a slider has come to rest.
    const timer = setTimeout(start, value.peek() === null ? 0 : pause_ms)
    return () => {
      clearTimeout(timer)
      stop.abort()
    }
  }, [...about, again.value, ask === null])
  const reload = () => {
    again.value++
    askAgain()
  }
  return { value, error, reload }
}
