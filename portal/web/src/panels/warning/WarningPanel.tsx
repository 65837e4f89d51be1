/** A warning: what it says, to whom, who approved it, and the decision. */
import type { WholeWarning } from '../../api'
import { t } from '../../i18n'
import { cellEdit, selection } from '../../state'
import { CellTable } from '../gathering/CellTable'
import { ByOperator, reachInWords } from '../gathering/Targets'
import { LevelWithGloss } from '../shared/Level'
import { Loaded } from '../shared/Loaded'
import { Approvals } from './Approvals'
import { Decision } from './Decision'
import { Edit } from './Edit'
import { Letters } from './Letters'
import { Messages } from './Messages'
import { Expiry, ModeMark, StateMark } from './marks'
import { Problems } from './Problems'
import { Story } from './Story'
import { type Open, useWarning } from './useWarning'

const Head = ({ whole }: { whole: WholeWarning }) => {
  const { listed, code, revision, replaces } = whole
  return (
    <header class="details__head">
      <h2>{listed.area_name}</h2>
      <p class="details__level">
        <LevelWithGloss level={listed.level} /> <ModeMark mode={listed.mode} />{' '}
        <StateMark state={listed.state} />
      </p>
      <p class="expiry">
        <Expiry warning={listed} />
      </p>
      <p class="quiet">
        {t('warning.title', { id: listed.id })} ·{' '}
        {listed.kind !== 'alert' && `${t(`warning.kind.${listed.kind}`)} · `}
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
