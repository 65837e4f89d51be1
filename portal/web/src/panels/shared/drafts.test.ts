import { beforeEach, expect, it, vi } from 'vitest'
import type { Session } from '../../api'
import { session } from '../../state'

const kept = new Map<string, string>()
vi.stubGlobal(
  'sessionStorage',
  new Proxy(
    {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, value: string) => kept.set(key, value),
      removeItem: (key: string) => kept.delete(key),
    },
    {
      ownKeys: () => [...kept.keys()],
      getOwnPropertyDescriptor: () => ({ enumerable: true, configurable: true }),
    },
  ),
)
const { draftOf, forgetDrafts } = await import('./drafts')

const signIn = (login: string) => {
  session.value = { account: { login } } as Session
}

beforeEach(() => {
  signIn('ayu')
  forgetDrafts()
})

it('finds what was begun again, also after the session ended', () => {
  draftOf('reject W1').value = 'a concert'
  session.value = null
  signIn('ayu')
  expect(draftOf('reject W1').value).toBe('a concert')
  expect([...kept.values()]).toEqual(['a concert'])
})

it('keeps it from whoever signs in next', () => {
  draftOf('reject W1').value = 'a concert'
  signIn('budi')
  expect(draftOf('reject W1').value).toBe('')
})

it('keeps one thing apart from another', () => {
  draftOf('reject W1').value = 'a concert'
  expect(draftOf('approve W1').value).toBe('')
})

it('leaves nothing behind once it is done with, or whoever began it signs out', () => {
  draftOf('reject W1').value = 'a concert'
  draftOf('reject W1').value = ''
  expect(kept.size).toBe(0)
  draftOf('pause').value = 'the gateway'
  forgetDrafts()
  expect([kept.size, draftOf('pause').value]).toEqual([0, ''])
})
