/** What the server tells of its own accord: decisions of others, and new hours. */
import { signal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { loadSession } from './account/session'
import { askAgain, askUntilAnswered } from './again'
import { get, type Hour, type Status } from './api'
import { t } from './i18n'
import { HOUR_MS, laterBy } from './i18n/times'
import { announcement, hours, lakeVersion, ledgerVersion, status } from './state'

/** Whether the server was heard of lately. */
export const isConnected = signal(true)

/** The server pings every 15 s: twice that without a word means that the line is dead. */
const SILENCE_MS = 35_000
const FIRST_PAUSE_MS = 1_000
const LONGEST_PAUSE_MS = 20_000

/** How far the clock of this device is behind the server's. */
let behind_ms = 0
export const serverNow = () => Date.now() + behind_ms

export const loadStatus = async () => {
  const answer = await get<Status>('/status')
  behind_ms = Date.parse(answer.now) - Date.now()
  status.value = answer
}

/** The hours that are loaded already, as they are now, with the one that is new. */
const reloadHours = async (at: string) => {
  const [first, last] = [hours.value[0], hours.value.at(-1)]
  if (!first || !last || at < first.at) return
  const end = laterBy(at === laterBy(last.at, HOUR_MS) ? at : last.at, HOUR_MS)
  hours.value = (await get<{ hours: Hour[] }>('/hours', { start: first.at, end })).hours
}

/** Each of these once at a time, the latest, until it is answered. */
const renewal = (what: (at: string) => Promise<unknown>) => {
  let stop = new AbortController()
  return (at = '') => {
    stop.abort()
    stop = new AbortController()
    askUntilAnswered(() => what(at), stop.signal).catch(() => undefined)
  }
}
const renewStatus = renewal(loadStatus)
const renewHours = renewal(reloadHours)

const onLedger = () => {
  ledgerVersion.value++
  renewStatus()
}

const onHour = (at: string) => {
  lakeVersion.value++
  renewStatus()
  renewHours(at)
}

/** After a silence nobody knows what was missed: everything open is asked for again, and what failed at once. */
const onOpen = () => {
  askAgain()
  if (isConnected.value) return
  isConnected.value = true
  announcement.value = t('connection.back')
  ledgerVersion.value++
  onHour(hours.peek().at(-1)?.at ?? '')
}

/** Each time the line opens, the server tells first how things stand: no news where the page knows it. */
const newsOnly = () => {
  let known: number | null = null
  let isFirstHour = true
  return {
    open: () => {
      isFirstHour = true
    },
    ledger: ({ seq }: { seq: number }) => {
      if (known !== null && seq !== known) onLedger()
      known = seq
    },
    hour: ({ at }: { at: string }) => {
      if (!isFirstHour || at !== status.peek()?.newest_hour) onHour(at)
      isFirstHour = false
    },
  }
}

/** Listens until it is told to stop; a dead line is replaced, each time after a longer pause. */
const listen = () => {
  let source: EventSource
  let watch = 0
  let pause_ms = FIRST_PAUSE_MS
  const news = newsOnly()
  const heard = () => {
    clearTimeout(watch)
    watch = window.setTimeout(lose, SILENCE_MS)
  }
  const lose = () => {
    source.close()
    isConnected.value = false
    loadSession().catch(() => undefined)
    clearTimeout(watch)
    watch = window.setTimeout(open, pause_ms)
    pause_ms = Math.min(pause_ms * 2, LONGEST_PAUSE_MS)
  }
  const open = () => {
    source = new EventSource('/api/events')
    source.onerror = lose
    source.onopen = () => {
      pause_ms = FIRST_PAUSE_MS
      heard()
      news.open()
      onOpen()
    }
    source.addEventListener('ping', heard)
    for (const kind of ['ledger', 'hour'] as const)
      source.addEventListener(kind, (event) => {
        heard()
        news[kind](JSON.parse(event.data))
      })
    heard()
  }
  /** The device has a network again: nothing is known of a line that was open before. */
  const reopen = () => {
    askAgain()
    source.close()
    clearTimeout(watch)
    pause_ms = FIRST_PAUSE_MS
    open()
  }
  open()
  addEventListener('online', reopen)
  addEventListener('offline', lose)
  return () => {
    removeEventListener('online', reopen)
    removeEventListener('offline', lose)
    clearTimeout(watch)
    source.close()
  }
}

/** Once the page knows how things stand: before that everything would be news. */
export const useLive = (isReady: boolean) => useEffect(() => (isReady ? listen() : undefined), [isReady])
