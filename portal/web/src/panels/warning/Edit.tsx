/** Other words and other cells for a draft, with what comes of them before it is saved. */
import { useEffect, useId, useRef } from 'preact/hooks'
import { ApiError, type Change, post, type WholeWarning } from '../../api'
import { t } from '../../i18n'
import { complaintsOf, inWords } from '../../i18n/said'
import { announcement, targets } from '../../state'
import { Notice } from '../shared/Notice'
import { useAct } from '../shared/useAct'
import { CellChoice } from './CellChoice'
import { changeOf, edited, endEdit, isEmpty, startEdit, write } from './edited'
import { FiguresCompared } from './FiguresCompared'
import { TextEditor } from './TextEditor'
import { usePreview } from './usePreview'
import { type Open, path } from './useWarning'

type Props = { whole: WholeWarning; open: Open }

/** Where somebody else changed the draft meanwhile, what is typed goes on from how it stands now. */
const useOthers = (whole: WholeWarning) => {
  const isOlder = edited.value !== null && edited.value.version !== whole.listed.version
  useEffect(() => {
    if (!edited.value) startEdit(whole)
  }, [whole.listed.id])
  return { isOlder, accept: () => write({ version: whole.listed.version }) }
}

const ROOM_px = 14

/** Whoever starts to edit is led to where that is done. */
const useHead = () => {
  const head = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    head.current?.focus({ preventScroll: true })
    // Only the panel scrolls: scrollIntoView would move the page behind it too.
    head.current?.closest('.details')?.scrollTo({ top: head.current.offsetTop - ROOM_px })
  }, [])
  return head
}

const Why = () => {
  const id = useId()
  return (
    <div class="field">
      <label class="field__label" for={id}>
        {t('edit.why')}
      </label>
      <textarea
        id={id}
        class="input"
        rows={2}
        maxLength={500}
        value={edited.value?.why ?? ''}
        aria-describedby={`${id}-hint`}
        onInput={(event) => write({ why: event.currentTarget.value })}
      />
      <small class="quiet" id={`${id}-hint`}>
        {t('why.hint')}
      </small>
    </div>
  )
}

const Changed = ({ open, accept }: { open: Open; accept: () => void }) => (
  <Notice tone="warn">
    <strong>{t('changed.title')}</strong>
    {open.news.value && <p>{open.news.value}</p>}
    <p>{t('changed.what')}</p>
    <button type="button" class="button" onClick={accept}>
      {t('changed.accept')}
    </button>
  </Notice>
)

/** Why there is nothing to save yet. */
const missingIn = (change: Change) => {
  if (isEmpty(change)) return t('edit.same')
  return edited.value?.why.trim() ? null : t('why.missing')
}

const save = async ({ whole, open }: Props) => {
  const { version, why } = edited.value ?? { version: whole.listed.version, why: '' }
  try {
    open.take(await post<WholeWarning>(`${path(whole.listed.id)}/edit`, { version, why, ...changeOf(whole) }))
  } catch (error) {
    if (error instanceof ApiError && error.status === 409) open.reload()
    throw error
  }
  endEdit()
  announcement.value = t('edit.saved')
}

export const Edit = ({ whole, open }: Props) => {
  const { isOlder, accept } = useOthers(whole)
  const change = changeOf(whole)
  const { preview, complaints, isChecking } = usePreview(whole, change)
  const act = useAct()
  const head = useHead()
  const cells = preview?.cells ?? whole.cells
  useEffect(() => {
    targets.value = [...whole.cells, ...cells.filter((each) => change.add.includes(each.cell_id))]
  }, [preview, whole])
  const mayNot = whole.may.edit === true ? null : inWords(String(whole.may.edit))
  const missing = missingIn(change)
  const isReady = !isChecking && !isOlder && !mayNot && !missing
  return (
    <form
      class="part form edit"
      aria-label={t('edit.title')}
      onSubmit={(event) => {
        event.preventDefault()
        act.run(() => save({ whole, open }))
      }}
    >
      <h3 ref={head} tabIndex={-1}>
        {t('edit.title')}
      </h3>
      {whole.listed.approvals.length > 0 && <Notice tone="warn">{t('edit.note')}</Notice>}
      {mayNot && <Notice tone="warn">{mayNot}</Notice>}
      <TextEditor whole={whole} preview={preview} />
      <CellChoice whole={whole} cells={cells} />
      <FiguresCompared before={whole.figures} after={preview?.figures ?? null} isChecking={isChecking} />
      {[...complaints, ...(preview?.problems.flatMap(complaintsOf) ?? [])].map((each) => (
        <Notice key={each} tone="bad">
          {each}
        </Notice>
      ))}
      {preview?.notes.map((each) => (
        <Notice key={each} tone="warn">
          {inWords(each)}
        </Notice>
      ))}
      <Why />
      <footer class="edit__foot row">
        {isOlder && <Changed open={open} accept={accept} />}
        {act.problem.value && <Notice tone="bad">{act.problem.value}</Notice>}
        <button type="submit" class="button button--primary" disabled={!isReady || act.isBusy.value}>
          {t('edit.save')}
        </button>
        <button type="button" class="button" onClick={endEdit}>
          {t('edit.discard')}
        </button>
        {missing && <small class="quiet">{missing}</small>}
      </footer>
    </form>
  )
}
