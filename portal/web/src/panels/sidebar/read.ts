/** Gatherings that were opened on this page: read, though the list that is loaded does not know yet. */
import { signal } from '@preact/signals'
import { type ListedGathering, post } from '../../api'

const readHere = signal<ReadonlySet<string>>(new Set())

/** A gathering is unread again when its level rises. */
const keyOf = ({ gathering_id, highest_level }: ListedGathering) => `${gathering_id} ${highest_level}`

export const isUnread = (gathering: ListedGathering) =>
  gathering.is_unread && !readHere.value.has(keyOf(gathering))

/** Opening is reading; a mark that does not reach the server is no reason to bother anybody. */
export const markRead = async (gathering: ListedGathering) => {
  if (readHere.peek().has(keyOf(gathering))) return
  try {
    await post(`/gatherings/${encodeURIComponent(gathering.gathering_id)}/read`)
    readHere.value = new Set([...readHere.peek(), keyOf(gathering)])
  } catch {
    // It stays unread, and is marked when it is opened again.
  }
}
