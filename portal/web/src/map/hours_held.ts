/** Hours of hexagons that were asked for: each once, the neighbours ahead of time, the oldest forgotten. */
import type { Instant } from '../api'
import type { Ground } from './ground'
import type { HourOfHexagons } from './hour'
import { loadHour } from './load_hour'
import { Mesh } from './mesh'

const MOST_HOURS = 24

type Asked = { answer: Promise<HourOfHexagons>; stop: AbortController }

/** The hours of one ground. Another ground is another one of these: shapes and hours of the old one go with it. */
export class HoursHeld {
  private asked = new Map<Instant, Asked>()

  constructor(
    readonly ground: Ground,
    readonly mesh = new Mesh(),
  ) {}

  get(at: Instant): Promise<HourOfHexagons> {
    const known = this.asked.get(at)
    if (known) this.asked.delete(at)
    const its = known ?? this.ask(at)
    this.asked.set(at, its)
    this.forgetOldest()
    return its.answer
  }

  private ask(at: Instant): Asked {
    const stop = new AbortController()
    const answer = loadHour(at, this.ground, this.mesh, stop.signal)
    answer.catch(() => this.asked.delete(at))
    return { answer, stop }
  }

  private forgetOldest() {
    for (const at of this.asked.keys()) {
      if (this.asked.size <= MOST_HOURS) return
      this.asked.delete(at)
    }
  }

  /** Nobody waits for what was asked for any more. */
  stop() {
    for (const { stop } of this.asked.values()) stop.abort()
    this.asked.clear()
  }
}
