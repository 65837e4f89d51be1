import { expect, it } from 'vitest'
import type { ListedWarning } from '../../api'
import { decidedInOrder, draftsInOrder } from './warnings'

const warning = (id: string, its: Partial<ListedWarning>) =>
  ({
    id,
    state: 'draft',
    kind: 'alert',
    level: 'siaga',
    created_at: '2020-03-31T12:00:00Z',
    expires_at: '2020-03-31T14:00:00Z',
    ...its,
  }) as ListedWarning
const idsOf = (all: ListedWarning[]) => all.map(({ id }) => id)

it('drafts wait in order of their level, then of the time that is left, all-clears last', () => {
  const all = [
    warning('clear', { kind: 'cancel', level: 'awas' }),
    warning('late', { expires_at: '2020-03-31T15:00:00Z' }),
    warning('soon', {}),
    warning('awas', { level: 'awas', expires_at: '2020-03-31T18:00:00Z' }),
    warning('sent', { state: 'sent', level: 'awas' }),
  ]
  expect(idsOf(draftsInOrder(all))).toEqual(['awas', 'soon', 'late', 'clear'])
})

it('what was decided on follows, the newest first', () => {
  const all = [
    warning('draft', {}),
    warning('old', { state: 'sent', level: 'awas' }),
    warning('new', { state: 'approved', created_at: '2020-03-31T13:00:00Z' }),
  ]
  expect(idsOf(decidedInOrder(all))).toEqual(['new', 'old'])
})
