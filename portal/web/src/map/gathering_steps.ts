/** From gathering to gathering on the map, the gravest first. */
import type { Outlines } from '../api'
import { t, tOr } from '../i18n'
import { peopleInWords } from '../i18n/numbers'
import { announcement, cellEdit, type Level, selection } from '../state'
import { LEVELS } from './look'
import { outlines } from './state'

type Properties = Outlines['features'][number]['properties']

const rank = ({ level }: Properties) => LEVELS.indexOf(level as Level)

/** The highest level first, more people before fewer. */
export const inOrder = ({ features }: Outlines): Properties[] =>
  features
    .map(({ properties }) => properties)
    .sort((one, other) => rank(other) - rank(one) || (other.people ?? 0) - (one.people ?? 0))

const tell = (its: Properties, position: number, all: number) => {
  const people = peopleInWords({ people: its.people, people_low: null, people_high: null })
  announcement.value = t('map.gathering_said', {
    level: tOr(`level.${its.level}`, its.level),
    people,
    position,
    all,
  })
}

/** Selects the next gathering of the hour (step 1) or the one before it (step -1), unless a draft is being edited. */
export const stepGathering = (step: 1 | -1) => {
  if (cellEdit.peek()) return
  const all = inOrder(outlines.peek())
  if (all.length === 0) {
    announcement.value = t('map.no_gathering')
    return
  }
  const chosen = selection.peek()
  const here = all.findIndex(({ gathering_id }) => chosen?.kind === 'gathering' && chosen.id === gathering_id)
  const start = here < 0 && step < 0 ? 0 : here
  const next = (start + step + all.length) % all.length
  selection.value = { kind: 'gathering', id: all[next].gathering_id }
  tell(all[next], next + 1, all.length)
}
