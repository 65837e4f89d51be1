/** Who is signed in: asked of the server, kept in the signal `session`. */
import { signal } from '@preact/signals'
import { get, post, rememberCsrf, remove, type Session } from '../api'
import { forgetDrafts } from '../panels/shared/drafts'
import { session } from '../state'

/** Whether somebody was signed in here and is no more. */
export const hasEnded = signal(false)

export const take = (answer: Session) => {
  // Several parts of the page may notice it, each asks who is there.
  hasEnded.value = !answer.signed_in && (hasEnded.value || Boolean(session.value?.signed_in))
  rememberCsrf(answer.csrf)
  session.value = answer
}

export const loadSession = async () => take(await get<Session>('/session'))

export const signIn = async (login: string, password: string) =>
  take(await post<Session>('/session', { login, password }))

/** A page loaded anew keeps nothing of the person who left. */
export const signOut = async () => {
  await remove('/session')
  forgetDrafts()
  location.assign('/')
}

export type SetUp = { login: string | null; name: string | null; is_first: boolean }
export const askSetUp = (token: string) => get<SetUp>('/setup', { token })

type Chosen = { token: string; login?: string; name?: string; password: string }
export const setUp = async (chosen: Chosen) => {
  take(await post<Session>('/setup', chosen))
  history.replaceState(null, '', '/')
}

const LINK = /^#setup=([\w.~-]+)$/
export const setUpToken = () => LINK.exec(location.hash)?.[1] ?? null

const REFUSED = /^#refused=(\w+)$/
/** Why the provider's way in led back here; null where it did not. */
export const refusedWhy = () => REFUSED.exec(location.hash)?.[1] ?? null
