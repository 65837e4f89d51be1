import { signal } from '@preact/signals'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { askAgain } from '../again'
import { follow } from './loaded'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

const hour = signal('18')
let answer: (of: string) => Promise<string>
const shown = signal('nothing')
const start = (isOfAnHour: boolean) =>
  follow(
    shown,
    'nothing',
    () => {
      const its = hour.value
      return () => answer(its)
    },
    { wait_ms: 0, isOfAnHour },
  )
const offline = () => Promise.reject(new TypeError('Failed to fetch'))
const there = async (of: string) => `outline of ${of}`
const pass = (span_ms: number) => vi.advanceTimersByTimeAsync(span_ms)

let end: () => void
beforeEach(async () => {
  hour.value = '18'
  answer = there
  end = start(true)
  await pass(0)
})
afterEach(() => end())

describe('what belongs to an hour', () => {
  it('goes with it where the next one does not come', async () => {
    expect(shown.value).toBe('outline of 18')
    answer = offline
    hour.value = '17'
    await pass(0)
    expect(shown.value).toBe('nothing')
  })

  it('goes with it where the next one is late', async () => {
    answer = () => new Promise(() => undefined)
    hour.value = '17'
    await pass(1000)
    expect(shown.value).toBe('outline of 18')
    await pass(1000)
    expect(shown.value).toBe('nothing')
  })

  it('comes by itself once the server is back', async () => {
    answer = offline
    hour.value = '17'
    await pass(2000)
    answer = there
    await pass(2000)
    expect(shown.value).toBe('outline of 17')
  })

  it('comes at once with the line, and is that of the hour on the map by then', async () => {
    answer = offline
    hour.value = '17'
    await pass(10)
    hour.value = '16'
    await pass(10)
    answer = there
    askAgain()
    await pass(0)
    expect(shown.value).toBe('outline of 16')
  })

  it('is never an answer for an hour that was left meanwhile', async () => {
    let late: (its: string) => void = () => undefined
    answer = () =>
      new Promise((done) => {
        late = done
      })
    hour.value = '17'
    await pass(0)
    answer = there
    hour.value = '16'
    await pass(0)
    late('outline of 17')
    await pass(0)
    expect(shown.value).toBe('outline of 16')
  })
})

it('what belongs to no hour stays while the server is away', async () => {
  end()
  end = start(false)
  await pass(0)
  answer = offline
  hour.value = '17'
  await pass(5000)
  expect(shown.value).toBe('outline of 18')
})
