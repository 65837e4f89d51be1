/** A gathering in the list. */
import type { ListedGathering } from '../../api'
import { t } from '../../i18n'
import { excessInWords, peopleInWords } from '../../i18n/numbers'
import { briefTime, span } from '../../i18n/times'
import { at } from '../../state'
import { Letter, levelWord } from '../shared/Level'
import { isUnread } from './read'
import { levelOf } from './sort'

type Props = {
  gathering: ListedGathering
  isChosen: boolean
  isStop: boolean
  onFocus: () => void
  onOpen: () => void
}

const placeOf = ({ places, gathering_id }: ListedGathering) => places[0]?.name ?? gathering_id

/** "berlangsung · sejak 18.00 WIB", and of one that is over "06.00–17.00 WIB, selesai". */
const when = ({ state, started_at, interval_start }: ListedGathering) =>
  state === 'ended'
    ? t('list.lasted', { span: span(started_at, interval_start, at.value), state: t('state.ended') })
    : `${t(`state.${state}`)} · ${t('list.since', { at: briefTime(started_at, at.value) })}`

const wasHigher = ({ state, level, highest_level }: ListedGathering) =>
  state !== 'ended' && level !== highest_level ? t('list.was', { level: levelWord(highest_level) }) : null

const Head = ({ gathering }: { gathering: ListedGathering }) => (
  <span class="item__head">
    <span class="item__title">{placeOf(gathering)}</span>
    {isUnread(gathering) && (
      <>
        <span class="dot" aria-hidden="true" />
        <span class="for-readers"> ({t('list.unread')})</span>
      </>
    )}
    <span class={`level level--${levelOf(gathering)}`}>{levelWord(levelOf(gathering))}</span>
  </span>
)

const Warnings = ({ warnings }: Pick<ListedGathering, 'warnings'>) => (
  <span class="item__warnings">
    {warnings.map((each) => (
      <span key={each.id} class={`state state--${each.state}`}>
        {t('list.warning', { state: t(`warning.state.${each.state}`) })}
        {each.state === 'draft' &&
          `, ${t('approvals.of', { given: each.approvals, needed: each.approvals_needed })}`}
      </span>
    ))}
  </span>
)

export const GatheringRow = ({ gathering, isChosen, isStop, onFocus, onOpen }: Props) => (
  <li>
    <button
      type="button"
      class={`item ${isUnread(gathering) ? 'is-unread' : ''} ${gathering.state === 'ended' ? 'is-over' : ''}`}
      tabIndex={isStop ? 0 : -1}
      aria-current={isChosen}
      onFocus={onFocus}
      onClick={onOpen}
    >
      <Letter level={levelOf(gathering)} />
      <span class="item__body">
        <Head gathering={gathering} />
        <span class="item__around quiet">
          {gathering.places
            .slice(1)
            .map((place) => place.name)
            .join(', ')}
        </span>
        {gathering.people !== null && (
          <>
            <span class="item__people">{peopleInWords(gathering)}</span>
            <span class="item__excess">{excessInWords(gathering.excess)}</span>
          </>
        )}
        <span class="item__when quiet">
          {[when(gathering), wasHigher(gathering)].filter(Boolean).join(' · ')}
        </span>
        {gathering.warnings.length > 0 && <Warnings warnings={gathering.warnings} />}
      </span>
    </button>
  </li>
)
