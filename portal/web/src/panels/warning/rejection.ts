/** Who rejected a draft, and why: it is closed like one that was cancelled, but nobody cancelled it. */
import type { WholeWarning } from '../../api'
import { inWords } from '../../i18n/said'
import { whoInWords } from './Story'

export const rejectionOf = ({ listed, story }: Pick<WholeWarning, 'listed' | 'story'>) => {
  const its = listed.state === 'cancelled' ? story.findLast(({ what }) => what === 'reject') : undefined
  return its ? { name: whoInWords(its.who), why: inWords(its.why) } : null
}
