/** Warnings, those that wait for somebody first. */
import { useSignal } from '@preact/signals'
import { get, type ListedWarning } from '../../api'
import { t } from '../../i18n'
import { ledgerVersion, selection } from '../../state'
import { Letter } from '../shared/Level'
import { Loaded } from '../shared/Loaded'
import { moveFocus } from '../shared/roving'
import { type Asked, useAsked } from '../shared/useAsked'
import { ApprovalsInShort, Expiry, ModeMark, Rank, StateMark } from '../warning/marks'
import { decidedInOrder, draftsInOrder } from './warnings'

const Row = ({ warning }: { warning: ListedWarning }) => {
  const isChosen = selection.value?.kind === 'warning' && selection.value.id === warning.id
  return (
    <li>
      <button
        type="button"
        class="item"
        aria-current={isChosen}
        onClick={() => {
          selection.value = { kind: 'warning', id: warning.id }
        }}
      >
        <Letter level={warning.kind === 'cancel' ? 'clear' : warning.level} />
        <span class="item__body">
          <span class="item__head">
            <span class="item__title">{warning.area_name}</span>
            <Rank warning={warning} />
          </span>
          <span class="item__marks">
            <ModeMark mode={warning.mode} />
            <StateMark state={warning.state} />
            {warning.kind === 'update' && <span class="state">{t('warning.kind.update')}</span>}
            {warning.state === 'draft' && <ApprovalsInShort warning={warning} />}
          </span>
          <span class="item__when quiet">
            <Expiry warning={warning} /> · {warning.id}
          </span>
        </span>
      </button>
    </li>
  )
}

const Part = ({ title, warnings }: { title: string; warnings: ListedWarning[] }) =>
  warnings.length ? (
    <section>
      <h2 class="list__title">{title}</h2>
      <ul class="list" onKeyDown={(event) => moveFocus(event, '.item', 'column')}>
        {warnings.map((each) => (
          <Row key={each.id} warning={each} />
        ))}
      </ul>
    </section>
  ) : null

const Parts = ({ warnings }: { warnings: ListedWarning[] }) => (
  <>
    <Part title={t('warnings.to_decide')} warnings={draftsInOrder(warnings)} />
    <Part title={t('warnings.decided')} warnings={decidedInOrder(warnings)} />
  </>
)

const All = () => {
  const asked = useAsked(
    async (signal) =>
      (await get<{ warnings: ListedWarning[] }>('/warnings', { state: 'all' }, signal)).warnings,
    [ledgerVersion.value],
  )
  return (
    <Loaded asked={asked} empty={t('warnings.none')}>
      {(warnings) => <Parts warnings={warnings} />}
    </Loaded>
  )
}

export const WarningList = ({ open }: { open: Asked<ListedWarning[]> }) => {
  const which = useSignal<'open' | 'all'>('open')
  return (
    <>
      <fieldset class="switch filters">
        <legend class="for-readers">{t('warnings.show')}</legend>
        {(['open', 'all'] as const).map((each) => (
          <label key={each} class="switch__choice">
            <input
              type="radio"
              name="warnings"
              checked={which.value === each}
              onChange={() => {
                which.value = each
              }}
            />
            <span>{t(`warnings.${each}`)}</span>
          </label>
        ))}
      </fieldset>
      {which.value === 'all' ? (
        <All />
      ) : (
        <Loaded asked={open} empty={t('warnings.empty')}>
          {(warnings) => <Parts warnings={warnings} />}
        </Loaded>
      )}
    </>
  )
}
