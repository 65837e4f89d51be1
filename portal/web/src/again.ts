/** Asking until there is an answer: what failed is tried again after growing pauses, and at once when somebody says so. */
import { signal } from '@preact/signals'
import { ApiError } from './api'

const FIRST_PAUSE_MS = 1_000
const LONGEST_PAUSE_MS = 20_000

/** Counts up when whatever waits after a failure should be asked for now. */
const calls = signal(0)

/** The line is back, or somebody pressed "Try again": all that failed is asked for anew. */
export const askAgain = () => {
  calls.value++
}

export const pauseAfter = (failures: number) => Math.min(FIRST_PAUSE_MS * 2 ** failures, LONGEST_PAUSE_MS)

/** A server that is away or overwhelmed may answer later; one that said no will say no again. */
export const mayPass = (error: unknown) =>
  !(error instanceof ApiError) || error.status >= 500 || error.status === 429

type Woken = 'called' | 'waited'

/** Until somebody calls, or the pause is over where there is one; an end of it all is thrown. */
const rest = (pause_ms: number | null, stop: AbortSignal) =>
  new Promise<Woken>((done, fail) => {
    const before = calls.peek()
    const end = (how: () => void) => {
      clearTimeout(timer)
      unsubscribe()
      stop.removeEventListener('abort', give)
      how()
    }
    const give = () => end(() => fail(stop.reason))
    const timer = pause_ms === null ? undefined : setTimeout(() => end(() => done('waited')), pause_ms)
    const unsubscribe = calls.subscribe((now) => {
      if (now !== before) end(() => done('called'))
    })
    stop.addEventListener('abort', give)
  })

/**
 * Asks until there is an answer.
 *
 * Args:
 *   ask: one attempt.
 *   stop: nobody waits for it any more; then the promise is rejected.
 *   failed: told of each attempt that failed, with why.
 */
export const askUntilAnswered = async <T>(
  ask: (stop: AbortSignal) => Promise<T>,
  stop: AbortSignal,
  failed: (error: unknown) => void = () => undefined,
): Promise<T> => {
  let failures = 0
  for (;;) {
    try {
      const answer = await ask(stop)
      stop.throwIfAborted()
      return answer
    } catch (error) {
      stop.throwIfAborted()
      failed(error)
      const woken = await rest(mayPass(error) ? pauseAfter(failures) : null, stop)
      failures = woken === 'called' ? 0 : failures + 1
    }
  }
}
