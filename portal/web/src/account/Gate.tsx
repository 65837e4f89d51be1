/** Stands before the page until somebody is signed in. */
import { computed, effect, signal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { useEffect } from 'preact/hooks'
import { errorInWords } from '../i18n/said'
import { loadStatus, useLive } from '../live'
import { Notice } from '../panels/shared/Notice'
import { startPreferences } from '../panels/shared/preferences'
import { session, status } from '../state'
import { Card } from './Card'
import { SetUpForm } from './SetUpForm'
import { SignInForm } from './SignInForm'
import { loadSession, setUpToken } from './session'

const link = signal(setUpToken())
const failure = signal<unknown>(null)
const isSignedIn = computed(() => session.value?.signed_in ?? false)

const load = async (ask: () => Promise<unknown>) => {
  try {
    await ask()
    failure.value = null
  } catch (error) {
    failure.value = error
  }
}

/** Asks who is there and how things stand, ahead of the first drawing: an effect would wait for a frame each time. */
export const startGate = () => {
  startPreferences()
  load(loadSession)
  effect(() => {
    if (isSignedIn.value) load(loadStatus)
  })
}

const Inside = ({ children }: { children: ComponentChildren }) => {
  useLive(status.value !== null)
  if (status.value) return <>{children}</>
  return failure.value ? <Failed retry={() => load(loadStatus)} /> : null
}

const Failed = ({ retry }: { retry: () => void }) => (
  <Card>
    <Notice tone="bad" retry={retry}>
      {errorInWords(failure.value)}
    </Notice>
  </Card>
)

export const Gate = ({ children }: { children: ComponentChildren }) => {
  useEffect(() => {
    const follow = () => {
      link.value = setUpToken()
    }
    addEventListener('hashchange', follow)
    return () => removeEventListener('hashchange', follow)
  }, [])
  if (!session.value) return failure.value ? <Failed retry={() => load(loadSession)} /> : null
  if (link.value) return <SetUpForm token={link.value} done={() => (link.value = null)} />
  return session.value.signed_in ? <Inside>{children}</Inside> : <SignInForm />
}
