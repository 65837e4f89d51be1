/** An answer of the server that follows what it was asked about. */
import { type Signal, useSignal } from '@preact/signals'
import { useLayoutEffect } from 'preact/hooks'
import { loadSession } from '../../account/session'
import { ApiError } from '../../api'

export type Asked<T> = { value: Signal<T | null>; error: Signal<unknown>; reload: () => void }

const isAborted = (error: unknown) => error instanceof DOMException && error.name === 'AbortError'

/** Whoever is told 401 is shown the way to sign in. */
export const noticeSignedOut = (error: unknown) => {
  if (error instanceof ApiError && error.status === 401) loadSession().catch(() => undefined)
}

/**
 * Ask now and whenever `about` changes; the answer before stays until the new one is there.
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
    const start = async () => {
      try {
        const answer = await ask(stop.signal)
        if (stop.signal.aborted) return
        value.value = answer
        error.value = null
      } catch (refusal) {
        if (stop.signal.aborted || isAborted(refusal)) return
        error.value = refusal
        noticeSignedOut(refusal)
      }
    }
    // The first answer is wanted at once; later ones wait until a slider has come to rest.
    const timer = setTimeout(start, value.peek() === null ? 0 : pause_ms)
    return () => {
      clearTimeout(timer)
      stop.abort()
    }
  }, [...about, again.value, ask === null])
  return { value, error, reload: () => again.value++ }
}
