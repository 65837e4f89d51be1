/** Somebody else changed the draft while it was edited: their words beside mine, and which of them go on. */
import { type Signal, useSignal } from '@preact/signals'
import { useId } from 'preact/hooks'
import type { WholeWarning } from '../../api'
import { t } from '../../i18n'
import { Notice } from '../shared/Notice'
import { type Conflict as Both, cellsChanged, conflictsOf, edited, takeUp } from './edited'
import { languageName } from './Messages'
import type { Open } from './useWarning'

type Whose = 'mine' | 'theirs'
type ChoiceProps = {
  whose: Whose
  text: string
  code: string
  name: string
  isChosen: boolean
  choose: () => void
}

const Choice = ({ whose, text, code, name, isChosen, choose }: ChoiceProps) => (
  <label class="conflict__choice">
    <span class="check">
      <input type="radio" name={name} checked={isChosen} onChange={choose} />
      <strong>{t(`conflict.${whose}`)}</strong>
    </span>
    <blockquote class="conflict__text" lang={code}>
      {text}
    </blockquote>
  </label>
)

type Chosen = Signal<Record<string, Whose>>

/** Who changed nothing has nothing to keep: there, theirs is chosen until somebody says otherwise. */
const whoseOf = ({ code, isMineChanged }: Both, chosen: Chosen): Whose =>
  chosen.value[code] ?? (isMineChanged ? 'mine' : 'theirs')

const Words = ({ both, chosen }: { both: Both; chosen: Chosen }) => {
  const name = useId()
  const whose = whoseOf(both, chosen)
  return (
    <fieldset class="conflict">
      <legend class="field__label">{t('edit.text', { language: languageName(both.code) })}</legend>
      {(['theirs', 'mine'] as const).map((each) => (
        <Choice
          key={each}
          whose={each}
          text={both[each]}
          code={both.code}
          name={name}
          isChosen={whose === each}
          choose={() => {
            chosen.value = { ...chosen.value, [both.code]: each }
          }}
        />
      ))}
    </fieldset>
  )
}

const Cells = ({ whole }: { whole: WholeWarning }) => {
  const changed = edited.value && cellsChanged(edited.value, whole)
  return (
    <>
      {(['added', 'taken_off'] as const).map((how) =>
        changed?.[how].length ? (
          <p key={how}>{t(`conflict.${how}`, { cells: changed[how].join(', ') })}</p>
        ) : null,
      )}
    </>
  )
}

export const Conflict = ({ whole, open }: { whole: WholeWarning; open: Open }) => {
  const chosen: Chosen = useSignal({})
  const all = edited.value ? conflictsOf(edited.value, whole.texts) : []
  const accept = () =>
    takeUp(whole, new Set(all.filter((each) => whoseOf(each, chosen) === 'theirs').map(({ code }) => code)))
  return (
    <Notice tone="warn">
      <strong>{t('changed.title')}</strong>
      {open.news.value && <p>{open.news.value}</p>}
      <Cells whole={whole} />
      {all.map((both) => (
        <Words key={both.code} both={both} chosen={chosen} />
      ))}
      <p>{t(all.length ? 'changed.choose' : 'changed.what')}</p>
      <button type="button" class="button" onClick={accept}>
        {t('changed.accept')}
      </button>
    </Notice>
  )
}
