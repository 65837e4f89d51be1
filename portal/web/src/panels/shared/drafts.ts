/** What somebody has begun to write stays until it is done with, also when the session ends meanwhile. */
import { effect, type Signal, signal } from '@preact/signals'
import { session } from '../../state'

const PREFIX = 'kerumun.draft.'
const drafts = new Map<string, Signal<string>>()

/** Of the person who is signed in: nobody finds what another one began. */
const keyOf = (what: string) => `${PREFIX}${session.peek()?.account?.login ?? ''} ${what}`

const begin = (key: string) => {
  const its = signal(sessionStorage.getItem(key) ?? '')
  effect(() => {
    if (its.value) sessionStorage.setItem(key, its.value)
    else sessionStorage.removeItem(key)
  })
  drafts.set(key, its)
  return its
}

/** The draft of something, e.g. the reason of a decision; empty it once it is done with. */
export const draftOf = (what: string): Signal<string> => {
  const key = keyOf(what)
  return drafts.get(key) ?? begin(key)
}

/** Whoever signs out leaves nothing behind. */
export const forgetDrafts = () => {
  for (const its of drafts.values()) its.value = ''
  for (const key of Object.keys(sessionStorage)) if (key.startsWith(PREFIX)) sessionStorage.removeItem(key)
}
