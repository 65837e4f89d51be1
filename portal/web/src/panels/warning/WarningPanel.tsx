/** A warning: what it says, to whom, who approved it, and the decision. */
import type { GatheringDetail, WholeWarning } from '../../api'
import { t } from '../../i18n'
import { peopleInWords } from '../../i18n/numbers'
import { dayAndClock } from '../../i18n/times'
import { at, cellEdit, selection } from '../../state'
import { CellTable } from '../gathering/CellTable'
import { ByOperator, reachInWords } from '../gathering/Targets'
import { LevelWithGloss } from '../shared/Level'
import { Loaded } from '../shared/Loaded'
import { showHour } from '../shared/showHour'
import { Approvals } from './Approvals'
import { Decision } from './Decision'
import { Edit } from './Edit'
import { Letters } from './Letters'
import { Messages } from './Messages'
import { Expiry, ModeMark, Rank, StateMark } from './marks'
import { Problems } from './Problems'
import { rejectionOf } from './rejection'
import { Story } from './Story'
import { useGathering } from './useGathering'
import { type Open, useWarning } from './useWarning'

const isClear = ({ listed }: WholeWarning) => listed.kind === 'cancel'

/** Everything that a warning asks for, and that an all-clear asks nothing. */
const LevelLine = ({ whole }: { whole: WholeWarning }) => {
  const { listed } = whole
  return (
    <p class="details__level">
      {isClear(whole) ? <Rank warning={listed} /> : <LevelWithGloss level={listed.level} />}{' '}
      <ModeMark mode={listed.mode} />{' '}
      {rejectionOf(whole) ? (
        <span class="state">{t('warning.rejected')}</span>
      ) : (
        <StateMark state={listed.state} />
      )}
    </p>
  )
}

/** How many people it is about, in the hour that it was drafted on. */
const Crowd = ({ whole, gathering }: { whole: WholeWarning; gathering: GatheringDetail | null }) => {
  const { interval_start } = whole
  return (
    <p>
      {gathering && <strong>{peopleInWords(gathering)}</strong>}
      {gathering && ', '}
      {at.value === interval_start ? (
        dayAndClock(interval_start)
      ) : (
        <button
          type="button"
          class="link-button"
          title={t('chart.show_hour', { time: dayAndClock(interval_start) })}
          onClick={() => showHour(interval_start)}
        >
          {dayAndClock(interval_start)}
        </button>
      )}
    </p>
  )
}

const Head = ({ whole }: { whole: WholeWarning }) => {
  const { listed, code, revision, replaces } = whole
  const gathering = useGathering(whole)
  return (
    <header class="details__head">
      <h2>{listed.area_name}</h2>
      <LevelLine whole={whole} />
      {isClear(whole) && <p>{t('warning.clear_what', { id: replaces ?? '' })}</p>}
      <Crowd whole={whole} gathering={gathering} />
      <p class="expiry">
        <Expiry warning={listed} />
      </p>
      <p class="quiet">
        {t('warning.title', { id: listed.id })} ·{' '}
        {listed.kind === 'update' && `${t('warning.kind.update')} · `}
        {t('warning.code', { code })} · {t('warning.revision', { revision })}
        {replaces && ` · ${t('warning.replaces', { id: replaces })}`}
      </p>
      <button
        type="button"
        class="link-button"
        onClick={() => {
          selection.value = { kind: 'gathering', id: listed.gathering_id }
        }}
      >
        {t('warning.about')}
      </button>
    </header>
  )
}

const Receivers = ({ whole }: { whole: WholeWarning }) => (
  <section class="part">
    <h3>{t('goes.title')}</h3>
    <p>{reachInWords(whole.figures)}</p>
    <ByOperator figures={whole.figures} />
    <CellTable cells={whole.cells} />
  </section>
)

const Told = ({ whole }: { whole: WholeWarning }) => (
  <>
    <Messages texts={whole.texts} segments={whole.segments} title={t('message.title')} />
    {Object.keys(whole.officer_texts).length > 0 && (
      <Messages texts={whole.officer_texts} segments={{}} title={t('message.officers')} />
    )}
    <Receivers whole={whole} />
  </>
)

const Whole = ({ whole, open }: { whole: WholeWarning; open: Open }) => {
  const isEditing = cellEdit.value?.warning === whole.listed.id
  return (
    <>
      <Head whole={whole} />
      <Approvals whole={whole} />
      <Problems problems={whole.problems} />
      {isEditing ? <Edit whole={whole} open={open} /> : <Decision whole={whole} open={open} />}
      {!isEditing && <Told whole={whole} />}
      {whole.letters.length > 0 && <Letters whole={whole} />}
      <section class="part">
        <h3>{t('story.title')}</h3>
        <Story entries={whole.story} />
      </section>
    </>
  )
}

export const WarningPanel = ({ id }: { id: string }) => {
  const open = useWarning(id)
  return <Loaded asked={open}>{(whole) => <Whole whole={whole} open={open} />}</Loaded>
}
