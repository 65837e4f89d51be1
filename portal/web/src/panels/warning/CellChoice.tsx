/** Which cells receive it: ticks, a field for an id, and the map, all on the same choice. */
import { useSignal } from '@preact/signals'
import { useId } from 'preact/hooks'
import type { TargetCell, WholeWarning } from '../../api'
import { t } from '../../i18n'
import { number, percent } from '../../i18n/numbers'
import { cellEdit, footprintOf } from '../../state'
import { addCell, toggleCell, unknownCell } from './edited'

type Choice = TargetCell & { change: 'added' | 'taken_off' | null; isKnown: boolean }

/** The cells that are put on, and after them those of the draft; what the server has not said yet is not known. */
const choicesOf = (whole: WholeWarning, cells: TargetCell[] | null): Choice[] => {
  const { takeOff, add } = cellEdit.value ?? { takeOff: new Set(), add: new Map<string, string>() }
  const known = new Map(cells?.map((each) => [each.cell_id, each]))
  const nothing = {
    lat: null,
    lon: null,
    azimuth_deg: null,
    expected_recipients: null,
    reach: null,
    overreach: null,
  }
  const added = [...add].map(([cell_id, operator]): Choice => {
    const cell = known.get(cell_id)
    return { ...(cell ?? { ...nothing, cell_id, operator }), change: 'added', isKnown: cell !== undefined }
  })
  const listed = whole.cells.map(
    (each): Choice => ({ ...each, change: takeOff.has(each.cell_id) ? 'taken_off' : null, isKnown: true }),
  )
  return [...added, ...listed]
}

const phonesOf = ({ expected_recipients, isKnown }: Choice) => {
  if (!isKnown) return '–'
  return expected_recipients === null ? t('targets.few') : number(expected_recipients)
}

const figuresOf = (choice: Choice) => {
  const { reach } = choice
  return [
    `${t('targets.phones')}: ${phonesOf(choice)}`,
    reach !== null && `${t('targets.reach')}: ${percent(reach)}`,
  ]
    .filter(Boolean)
    .join(' · ')
}

const One = ({ choice }: { choice: Choice }) => {
  const { operator, cell_id, change } = choice
  const show = () => {
    footprintOf.value = { operator, cell_id }
  }
  const hide = () => {
    footprintOf.value = null
  }
  return (
    <li
      class={`cell-choice ${change ? `cell-choice--${change}` : ''}`}
      onPointerEnter={show}
      onPointerLeave={hide}
    >
      <label class="check">
        <input
          type="checkbox"
          checked={change !== 'taken_off'}
          onFocus={show}
          onBlur={hide}
          onChange={() => toggleCell(choice)}
        />
        <span>
          <span class="cell-choice__id">{cell_id}</span> <span class="quiet">{operator}</span>
          {change && <strong class="cell-choice__change"> {t(`edit.${change}`)}</strong>}
          <small class="quiet">{figuresOf(choice)}</small>
        </span>
      </label>
    </li>
  )
}

const AddField = ({ isThere }: { isThere: (cell_id: string) => boolean }) => {
  const id = useId()
  const text = useSignal('')
  const problem = useSignal<string | null>(null)
  const add = () => {
    const cell_id = text.value.trim()
    if (!cell_id) return
    problem.value = isThere(cell_id) ? t('edit.add_there', { cell: cell_id }) : null
    if (problem.value) return
    addCell(cell_id, '')
    text.value = ''
  }
  const said = problem.value ?? (unknownCell.value && t('said.cell_unknown', { what: unknownCell.value }))
  return (
    <div class="field">
      <label class="field__label" for={id}>
        {t('edit.add_id')}
      </label>
      <div class="row">
        <input
          id={id}
          class="input"
          maxLength={64}
          autocomplete="off"
          value={text.value}
          onInput={(event) => {
            text.value = event.currentTarget.value
          }}
          onKeyDown={(event) => {
            if (event.key !== 'Enter') return
            event.preventDefault()
            add()
          }}
        />
        <button type="button" class="button" onClick={add}>
          {t('edit.add')}
        </button>
      </div>
      {said && <small role="alert">{said}</small>}
    </div>
  )
}

export const CellChoice = ({ whole, cells }: { whole: WholeWarning; cells: TargetCell[] | null }) => {
  const choices = choicesOf(whole, cells)
  return (
    <fieldset class="field">
      <legend class="field__label">{t('edit.cells')}</legend>
      <p class="quiet">{t('edit.cells_hint')}</p>
      <ul class="cell-choices">
        {choices.map((choice) => (
          <One key={`${choice.operator} ${choice.cell_id}`} choice={choice} />
        ))}
      </ul>
      <AddField isThere={(cell_id) => choices.some((each) => each.cell_id === cell_id)} />
    </fieldset>
  )
}
