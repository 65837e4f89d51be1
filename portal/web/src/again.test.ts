import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { askAgain, askUntilAnswered, pauseAfter } from './again'
import { ApiError } from './api'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

const offline = new TypeError('Failed to fetch')
const failing = (...outcomes: (Error | string)[]) =>
  vi.fn(async () => {
    const its = outcomes.shift() ?? 'late'
    if (its instanceof Error) throw its
    return its
  })

describe('what failed', () => {
  it('is asked for again after pauses that grow, and told each time', async () => {
    const [ask, failed] = [failing(offline, offline, 'there'), vi.fn()]
    const answer = askUntilAnswered(ask, new AbortController().signal, failed)
    await vi.advanceTimersByTimeAsync(999)
    expect(ask).toHaveBeenCalledTimes(1)
    await vi.advanceTimersByTimeAsync(1)
    expect(ask).toHaveBeenCalledTimes(2)
    await vi.advanceTimersByTimeAsync(2000)
    await expect(answer).resolves.toBe('there')
    expect(failed.mock.calls).toEqual([[offline], [offline]])
  })

  it('is asked for at once when the line is back, and as patiently as at first from then on', async () => {
    const ask = failing(offline, offline, offline, offline, 'there')
    const answer = askUntilAnswered(ask, new AbortController().signal)
    await vi.advanceTimersByTimeAsync(3000)
    expect(ask).toHaveBeenCalledTimes(3)
    askAgain()
    await vi.advanceTimersByTimeAsync(0)
    expect(ask).toHaveBeenCalledTimes(4)
    await vi.advanceTimersByTimeAsync(1000)
    await expect(answer).resolves.toBe('there')
  })

  it('waits for a person where the server said no', async () => {
    const ask = failing(new ApiError(404, 'not_found', 'no such hour'), 'there')
    const answer = askUntilAnswered(ask, new AbortController().signal)
    await vi.advanceTimersByTimeAsync(600_000)
    expect(ask).toHaveBeenCalledTimes(1)
    askAgain()
    await expect(answer).resolves.toBe('there')
  })

  it.each([503, 429])('is tried again where the server is away for now (%d)', async (status) => {
    const ask = failing(new ApiError(status, 'error', 'later'), 'there')
    const answer = askUntilAnswered(ask, new AbortController().signal)
    await vi.advanceTimersByTimeAsync(1000)
    await expect(answer).resolves.toBe('there')
  })

  it('is let go of once nobody waits for it', async () => {
    const [ask, stop] = [failing(offline), new AbortController()]
    const answer = askUntilAnswered(ask, stop.signal)
    const given = expect(answer).rejects.toThrow()
    await vi.advanceTimersByTimeAsync(10)
    stop.abort()
    await given
    askAgain()
    await vi.advanceTimersByTimeAsync(60_000)
    expect(ask).toHaveBeenCalledTimes(1)
  })
})

it('answers that come after nobody waits are dropped', async () => {
  const stop = new AbortController()
  const answer = askUntilAnswered(async () => {
    stop.abort()
    return 'too late'
  }, stop.signal)
  await expect(answer).rejects.toThrow()
})

it('never pauses for longer than a third of a minute', () => {
  expect([0, 1, 4, 5, 50].map(pauseAfter)).toEqual([1000, 2000, 16_000, 20_000, 20_000])
})
