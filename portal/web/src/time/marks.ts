/** What the time bar shows of each hour. */
import type { Hour, Instant } from '../api'
import { t } from '../i18n'
import { fullTime } from '../i18n/times'
import type { Level } from '../state'

export type Mark = {
  at: Instant
  kind: 'whole' | 'partial' | 'missing'
  level: Level | null
  gatherings: number
}
const GRAVEST: Level[] = ['awas', 'siaga', 'waspada']

const markOf = (at: Instant, hour: Hour | undefined): Mark => {
  if (!hour) return { at, kind: 'missing', level: null, gatherings: 0 }
  const { gatherings } = hour
  return {
    at,
    kind: hour.is_partial ? 'partial' : 'whole',
    level: GRAVEST.find((level) => gatherings[level] > 0) ?? null,
    gatherings: gatherings.waspada + gatherings.siaga + gatherings.awas,
  }
}

export const marksOf = (week: Instant[], hours: Hour[]): Mark[] => {
  const known = new Map(hours.map((hour) => [hour.at, hour]))
  return week.map((at) => markOf(at, known.get(at)))
}

/** Neighbours of one kind as one stretch, from the first to the place after the last. */
export const stretches = (marks: Mark[]) => {
  const found: { kind: Mark['kind']; from: number; to: number }[] = []
  marks.forEach(({ kind }, i) => {
    const last = found.at(-1)
    if (last?.kind === kind) last.to = i + 1
    else found.push({ kind, from: i, to: i + 1 })
  })
  return found
}

/** An hour as a screen reader says it. */
export const markInWords = ({ at, kind, level, gatherings }: Mark) =>
  [
    fullTime(at),
    kind === 'whole' ? null : t(`bar.${kind}`),
    level ? t('bar.gatherings', { gatherings, level: t(`level.${level}`) }) : null,
  ]
    .filter(Boolean)
    .join(', ')
