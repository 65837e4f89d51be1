/** What a decision will do, asked before it is done. */
import type { ComponentChildren } from 'preact'
import { ApiError, post, type WholeWarning } from '../../api'
import { t } from '../../i18n'
import { rounded } from '../../i18n/numbers'
import { announcement, language, selection, status } from '../../state'
import { Confirm } from '../shared/Confirm'
import { levelWord } from '../shared/Level'
import { Notice } from '../shared/Notice'
import { Rank } from './marks'
import { type Open, path } from './useWarning'

export type Action = 'approve' | 'reject' | 'cancel' | 'retract'
type Props = {
  /** As it stood when the question was asked: nobody decides on what they did not see. */
  whole: WholeWarning
  open: Open
  onClose: () => void
}

/** "14 cells of 2 operators, about 5,300 phones". */
const goesTo = ({ figures: { cells, by_operator, recipients } }: Pick<WholeWarning, 'figures'>) =>
  t('goes.sentence', {
    cells,
    operators: by_operator.length,
    phones: recipients === null ? t('unknown') : rounded(recipients),
  })

/** Where somebody else was faster, the panel shows how it stands now. */
const decide = async ({ whole, open }: Props, action: Exclude<Action, 'retract'>, why: string) => {
  const { id, version } = whole.listed
  try {
    const answer = await post<WholeWarning>(`${path(id)}/${action}`, { version, why })
    open.take(answer)
    return answer
  } catch (error) {
    if (error instanceof ApiError && error.status === 409) {
      open.reload()
    }
    throw error
  }
}

/** Somebody else was faster while the question stood here. */
const isOvertaken = ({ whole, open }: Pick<Props, 'whole' | 'open'>) =>
  open.value.value !== null && open.value.value.listed.version !== whole.listed.version

const FIRST_LINE = 160

/** The beginning of the message, in the page's language where it is said in that. */
const firstLine = ({ texts }: WholeWarning) => {
  const line = (texts[language.value] ?? Object.values(texts)[0] ?? '').trim().split('\n')[0]
  return line.length > FIRST_LINE ? `${line.slice(0, FIRST_LINE)}…` : line
}

/** Which warning it is: two of them in one night must not be mistaken for each other. */
const Which = ({ whole }: { whole: WholeWarning }) => (
  <div class="which">
    <p>
      <strong>{whole.listed.area_name}</strong> <Rank warning={whole.listed} />
    </p>
    <p class="quiet">
      {t('warning.code', { code: whole.code })} · {whole.listed.id}
    </p>
    <blockquote class="which__line">{firstLine(whole)}</blockquote>
  </div>
)

const Changed = (props: Pick<Props, 'whole' | 'open'>) =>
  isOvertaken(props) ? <Notice tone="warn">{t('kind.changed')}</Notice> : null

const Approve = (props: Props) => {
  const { whole, onClose } = props
  const { listed } = whole
  const given = listed.approvals.length + 1
  const isLast = given >= listed.approvals_needed
  const approve = async (why: string) => {
    const { listed: after } = await decide(props, 'approve', why)
    announcement.value = t(after.state === 'draft' ? 'approve.another' : 'approve.done')
  }
  return (
    <Confirm
      title={
        listed.kind === 'cancel'
          ? t('approve.title_clear')
          : t('approve.title', { level: levelWord(listed.level) })
      }
      about={`approve ${listed.id}`}
      isOver={isOvertaken(props)}
      action={t('decide.approve')}
      why="welcome"
      onConfirm={approve}
      onClose={onClose}
    >
      <Which whole={whole} />
      <p>
        <strong>{t('approve.goes', { goes: goesTo(whole) })}</strong>
      </p>
      <p>{isLast ? t('approve.last') : t('approve.first', { given, needed: listed.approvals_needed })}</p>
      <p class={listed.mode === 'live' ? 'is-grave' : 'quiet'}>{t(`approve.${listed.mode}`)}</p>
      {status.value?.sending.is_paused && <p>{t('approve.paused')}</p>}
      <Changed whole={whole} open={props.open} />
    </Confirm>
  )
}

const Stop = ({ what, ...props }: Props & { what: 'reject' | 'cancel' }) => {
  const { whole, onClose } = props
  const stop = async (why: string) => {
    await decide(props, what, why)
    announcement.value = t(`${what}.done`)
  }
  return (
    <Confirm
      title={t(`${what}.title`)}
      about={`${what} ${whole.listed.id}`}
      isOver={isOvertaken(props)}
      action={t(`decide.${what}`)}
      tone="danger"
      why="needed"
      keep={what === 'cancel' ? t('cancel.keep') : undefined}
      onConfirm={stop}
      onClose={onClose}
    >
      <Which whole={whole} />
      <p>{t(`${what}.what`, { goes: goesTo(whole) })}</p>
      <Changed whole={whole} open={props.open} />
    </Confirm>
  )
}

const Retract = ({ whole, open, onClose }: Props) => {
  const retract = async (why: string) => {
    const { id, version } = whole.listed
    const draft = await post<{ id: string }>(`${path(id)}/retract`, { version, why })
    announcement.value = t('retract.done')
    selection.value = { kind: 'warning', id: draft.id }
  }
  return (
    <Confirm
      title={t('retract.title')}
      about={`retract ${whole.listed.id}`}
      isOver={isOvertaken({ whole, open })}
      action={t('decide.retract')}
      tone="danger"
      why="needed"
      onConfirm={retract}
      onClose={onClose}
    >
      <Which whole={whole} />
      <p>{t('retract.what', { goes: goesTo(whole) })}</p>
      <Changed whole={whole} open={open} />
    </Confirm>
  )
}

const DIALOGS: Record<Action, (props: Props) => ComponentChildren> = {
  approve: Approve,
  reject: (props) => <Stop what="reject" {...props} />,
  cancel: (props) => <Stop what="cancel" {...props} />,
  retract: Retract,
}

export const DecisionDialog = ({ action, ...props }: Props & { action: Action }) => {
  const Asked = DIALOGS[action]
  return <Asked {...props} />
}
