/** Which gatherings are shown, and in which order. */
import type { ListedGathering } from '../../api'
import type { Filters, Level } from '../../state'

const RANKS = { normal: 0, waspada: 1, siaga: 2, awas: 3 }

/** Of an ended gathering the level that it had, or it would sink below everything. */
export const levelOf = ({ state, level, highest_level }: ListedGathering): Level =>
  state === 'ended' || level === 'normal' ? highest_level : level

const byLevel = (one: ListedGathering, other: ListedGathering) => RANKS[levelOf(other)] - RANKS[levelOf(one)]
const byPeople = (one: ListedGathering, other: ListedGathering) => (other.people ?? -1) - (one.people ?? -1)
const byTime = (one: ListedGathering, other: ListedGathering) =>
  other.started_at.localeCompare(one.started_at)
const byUnread = (one: ListedGathering, other: ListedGathering) =>
  Number(other.is_unread) - Number(one.is_unread)
const byLife = (one: ListedGathering, other: ListedGathering) =>
  Number(one.state === 'ended') - Number(other.state === 'ended')

const ORDERS = {
  unread: [byUnread, byLife, byLevel, byPeople],
  level: [byLevel, byLife, byPeople],
  people: [byPeople, byLevel],
  newest: [byTime, byLevel],
}

export const inOrder = (all: ListedGathering[], sort: Filters['sort']) =>
  all.toSorted((one, other) => {
    for (const compare of ORDERS[sort]) {
      const order = compare(one, other)
      if (order) return order
    }
    return one.gathering_id.localeCompare(other.gathering_id)
  })

const isIn = ({ area_code, places }: ListedGathering, area: string) =>
  area_code === area || places.some((place) => place.code === area)

export const fitting = (all: ListedGathering[], { area, levels }: Filters) =>
  all.filter((each) => levels.includes(levelOf(each)) && (!area || isIn(each, area)))

type AreaChoice = { code: string; name: string; level: string }

const SIZES = ['province', 'regency', 'district', 'village']

/** The areas that any of them lies in, each once, the largest first, then by name. */
export const areasOf = (all: ListedGathering[]): AreaChoice[] =>
  [...new Map(all.flatMap(({ places }) => places).map((place) => [place.code, place])).values()].sort(
    (one, other) =>
      SIZES.indexOf(one.level) - SIZES.indexOf(other.level) || one.name.localeCompare(other.name),
  )
