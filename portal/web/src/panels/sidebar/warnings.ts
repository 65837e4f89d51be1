/** In which order warnings are listed. */
import type { ListedWarning } from '../../api'

const RANKS: Record<string, number> = { awas: 2, siaga: 1, waspada: 0 }
/** An all-clear is no alarm, whatever the level of what it takes back. */
const rank = ({ kind, level }: ListedWarning) => (kind === 'cancel' ? -1 : (RANKS[level] ?? -1))

const byLevel = (one: ListedWarning, other: ListedWarning) => rank(other) - rank(one)
const soonest = (one: ListedWarning, other: ListedWarning) => one.expires_at.localeCompare(other.expires_at)
const newest = (one: ListedWarning, other: ListedWarning) => other.created_at.localeCompare(one.created_at)

/** Drafts: the highest level first, of one level the one that expires first. */
export const draftsInOrder = (all: ListedWarning[]) =>
  all
    .filter(({ state }) => state === 'draft')
    .sort((one, other) => byLevel(one, other) || soonest(one, other))

/** What was decided on, the newest first. */
export const decidedInOrder = (all: ListedWarning[]) =>
  all.filter(({ state }) => state !== 'draft').sort(newest)
