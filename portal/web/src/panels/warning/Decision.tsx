/** The buttons that decide; where one is missing, why. */
import { useSignal } from '@preact/signals'
import type { WholeWarning } from '../../api'
import { t } from '../../i18n'
import { inWords } from '../../i18n/said'
import { Notice } from '../shared/Notice'
import { type Action, DecisionDialog } from './decisions'
import { startEdit } from './edited'
import type { Open } from './useWarning'

type Wanted = Action | 'edit'
const TONES: Record<Wanted, string> = {
  approve: 'button--primary button--large',
  edit: '',
  reject: 'button--danger',
  cancel: 'button--danger',
  retract: 'button--danger',
}
/** A draft is approved, edited or rejected; what was approved is stopped or taken back. */
const fitting = (state: string): Wanted[] =>
  state === 'draft' ? ['approve', 'edit', 'reject'] : ['cancel', 'retract']

export const Decision = ({ whole, open }: { whole: WholeWarning; open: Open }) => {
  const asking = useSignal<{ action: Action; whole: WholeWarning } | null>(null)
  const typed = useSignal('')
  const wanted = fitting(whole.listed.state)
  const allowed = wanted.filter((each) => whole.may[each] === true)
  const refused = wanted.filter((each) => whole.may[each] !== true)
  const act = (what: Wanted) => {
    if (what === 'edit') startEdit(whole)
    else asking.value = { action: what, whole }
  }
  const isHalf = whole.listed.state === 'draft' && whole.listed.approvals.length > 0
  return (
    <section class="part decision">
      <h3>{t('decide.title')}</h3>
      {open.news.value && <Notice tone="info">{open.news.value}</Notice>}
      {isHalf && <Notice tone="info">{t('approve.another_needed')}</Notice>}
      {allowed.length > 0 && (
        <div class="row">
          {allowed.map((each) => (
            <button key={each} type="button" class={`button ${TONES[each]}`} onClick={() => act(each)}>
              {t(`decide.${each}`)}
            </button>
          ))}
        </div>
      )}
      <ul class="decision__not quiet">
        {refused.map((each) => (
          <li key={each}>
            {t('decide.not', { action: t(`decide.${each}`), why: inWords(String(whole.may[each])) })}
          </li>
        ))}
      </ul>
      {asking.value && (
        <DecisionDialog {...asking.value} open={open} typed={typed} onClose={() => (asking.value = null)} />
      )}
    </section>
  )
}
