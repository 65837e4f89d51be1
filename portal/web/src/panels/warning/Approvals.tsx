/** Who said yes, when, and how many are missing. */
import type { WholeWarning } from '../../api'
import { t } from '../../i18n'
import { dayAndClock } from '../../i18n/times'
import { whoInWords } from './Story'

/** When somebody approved, by the story: the last time counts, since a revision takes approvals back. */
const approvedAt = ({ story }: Pick<WholeWarning, 'story'>, name: string) =>
  story.findLast(({ what, who }) => what === 'approve' && (who === name || who.startsWith(`${name} (at `)))
    ?.at

export const Approvals = ({ whole }: { whole: WholeWarning }) => {
  const { approvals, approvals_needed, state } = whole.listed
  const missing = approvals_needed - approvals.length
  return (
    <section class="part approvals">
      <h3>
        {t('approvals.title')}: {t('approvals.of', { given: approvals.length, needed: approvals_needed })}
      </h3>
      <ul class="approvals__list">
        {approvals.map((name) => {
          const when = approvedAt(whole, name)
          return (
            <li key={name} class="approvals__given">
              {when ? t('approvals.by', { name: whoInWords(name), at: dayAndClock(when) }) : whoInWords(name)}
            </li>
          )
        })}
        {state === 'draft' && missing > 0 && (
          <li class="approvals__missing">{t('approvals.missing', { missing })}</li>
        )}
      </ul>
    </section>
  )
}
