/** Gatherings of the last day or week: one stop for Tab, arrows within, Enter opens. */
import { useSignal } from '@preact/signals'
import type { ListedGathering } from '../../api'
import { t } from '../../i18n'
import { filters, selection, status } from '../../state'
import { Loaded } from '../shared/Loaded'
import { moveFocus } from '../shared/roving'
import type { Asked } from '../shared/useAsked'
import { GatheringFilters } from './GatheringFilters'
import { GatheringRow } from './GatheringRow'
import { openGathering } from './openGathering'
import { fitting, inOrder } from './sort'
import type { Gatherings } from './useLists'

const Rows = ({ shown }: { shown: ListedGathering[] }) => {
  const focused = useSignal<string | null>(null)
  const chosen = selection.value?.kind === 'gathering' ? selection.value.id : null
  const stop = [focused.value, chosen].find((id) => shown.some((each) => each.gathering_id === id))
  return (
    <ul class="list" onKeyDown={(event) => moveFocus(event, '.item', 'column')}>
      {shown.map((each, at) => (
        <GatheringRow
          key={each.gathering_id}
          gathering={each}
          isChosen={each.gathering_id === chosen}
          isStop={stop ? each.gathering_id === stop : at === 0}
          onFocus={() => {
            focused.value = each.gathering_id
          }}
          onOpen={() => openGathering(each)}
        />
      ))}
    </ul>
  )
}

const Found = ({ gatherings, withheld }: Gatherings) => {
  const shown = inOrder(fitting(gatherings, filters.value), filters.value.sort)
  return (
    <>
      <GatheringFilters all={gatherings} />
      <h2 class="for-readers">{t('list.count', { count: shown.length })}</h2>
      {shown.length > 0 ? (
        <Rows shown={shown} />
      ) : (
        <p class="empty">{t(gatherings.length ? 'list.empty_filtered' : 'list.empty')}</p>
      )}
      {withheld > 0 && <p class="quiet list__withheld">{t('list.withheld', { count: withheld })}</p>}
    </>
  )
}

/** What a new installation needs, in the order in which it needs it. */
const FIRST_STEPS = ['kerumun cells load', 'kerumun areas load', 'kerumun counts load', 'kerumun run']

const NoHours = () => (
  <div class="empty">
    <p>
      <strong>{t('list.no_hours')}</strong>
    </p>
    <p>{t('list.no_hours_what')}</p>
    <ol>
      {FIRST_STEPS.map((each) => (
        <li key={each}>
          <code>{each}</code>
        </li>
      ))}
    </ol>
  </div>
)

export const GatheringList = ({ asked }: { asked: Asked<Gatherings> }) =>
  status.value?.newest_hour === null ? (
    <NoHours />
  ) : (
    <Loaded asked={asked}>{(found) => <Found {...found} />}</Loaded>
  )
