/** The buttons that decide; where one is missing, why. */
import { useSignal } from '@preact/signals'
import type { WarningState, WholeWarning } from '../../api'
import { t } from '../../i18n'
import { inWords } from '../../i18n/said'
import { Notice } from '../shared/Notice'
import { type Action, DecisionDialog } from './decisions'
import { endEdit, isBegun, startEdit } from './edited'
import { rejectionOf } from './rejection'
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
/** Nobody looks for a way to stop what is over. */
const OVER: WarningState[] = ['cancelled', 'expired']

const Unsaved = ({ whole }: { whole: WholeWarning }) => (
  <Notice tone="warn">
    <p>{t('edit.unsaved')}</p>
    <div class="row">
      <button type="button" class="button" onClick={() => startEdit(whole)}>
        {t('decide.edit')}
      </button>
      <button type="button" class="button" onClick={endEdit}>
        {t('edit.discard_short')}
      </button>
    </div>
  </Notice>
)

export const Decision = ({ whole, open }: { whole: WholeWarning; open: Open }) => {
  const asking = useSignal<{ action: Action; whole: WholeWarning } | null>(null)
  const wanted = fitting(whole.listed.state)
  const allowed = wanted.filter((each) => whole.may[each] === true)
  const isOver = OVER.includes(whole.listed.state)
  const refused = isOver ? [] : wanted.filter((each) => whole.may[each] !== true)
  const rejected = rejectionOf(whole)
  const act = (what: Wanted) => {
    if (what === 'edit') startEdit(whole)
    else asking.value = { action: what, whole }
  }
  const isHalf = whole.listed.state === 'draft' && whole.listed.approvals.length > 0
  return (
    <section class="part decision">
      <h3>{t('decide.title')}</h3>
      {open.news.value && <Notice tone="info">{open.news.value}</Notice>}
      {rejected && <p>{t('decide.rejected', rejected)}</p>}
      {whole.may.edit === true && isBegun(whole) && <Unsaved whole={whole} />}
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
      {asking.value && <DecisionDialog {...asking.value} open={open} onClose={() => (asking.value = null)} />}
    </section>
  )
}
