/** Other words and other cells for a draft, with what comes of them before it is saved. */
import type { ComponentChildren } from 'preact'
import { useEffect, useId, useRef } from 'preact/hooks'
import { ApiError, type Change, post, type WholeWarning } from '../../api'
import { t } from '../../i18n'
import { complaintsOf, inWords } from '../../i18n/said'
import { announcement, targets } from '../../state'
import { Notice } from '../shared/Notice'
import { useAct } from '../shared/useAct'
import { CellChoice } from './CellChoice'
import { Conflict } from './Conflict'
import { changeOf, edited, endEdit, isEmpty, startEdit, write } from './edited'
import { FiguresCompared } from './FiguresCompared'
import { TextEditor } from './TextEditor'
import { usePreview } from './usePreview'
import { type Open, path } from './useWarning'

type Props = { whole: WholeWarning; open: Open }

/** Whether somebody else changed the draft since it was taken up here. */
const useOthers = (whole: WholeWarning) => {
  useEffect(() => {
    if (!edited.value) startEdit(whole)
  }, [whole.listed.id])
  return edited.value !== null && edited.value.version !== whole.listed.version
}

/** The head of the panel stays on top of it. */
const ROOM_px = 54

/** Whoever starts to edit is led to where that is done. */
const useHead = () => {
  const head = useRef<HTMLHeadingElement>(null)
  const lead = () => {
    head.current?.focus({ preventScroll: true })
    // Only the panel scrolls: scrollIntoView would move the page behind it too.
    head.current?.closest('.details')?.scrollTo({ top: head.current.offsetTop - ROOM_px })
  }
  useEffect(lead, [])
  return { head, lead }
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

/** What stands against saving, beside the button that saves. */
const Troubles = ({ sentences }: { sentences: string[] }) => (
  <>
    {sentences.map((each) => (
      <Notice key={each} tone="bad">
        {each}
      </Notice>
    ))}
  </>
)

const Foot = ({ children }: { children: ComponentChildren }) => (
  <footer class="edit__foot row">
    {children}
    <button type="button" class="button" onClick={endEdit}>
      {t('edit.discard')}
    </button>
  </footer>
)

export const Edit = ({ whole, open }: Props) => {
  const isOvertaken = useOthers(whole)
  const change = changeOf(whole)
  const { preview, complaints, isChecking, isOld } = usePreview(whole, change)
  const act = useAct()
  const { head, lead } = useHead()
  const cells = preview?.cells ?? whole.cells
  useEffect(() => {
    targets.value = [...whole.cells, ...cells.filter((each) => change.add.includes(each.cell_id))]
    return () => {
      targets.value = whole.cells
    }
  }, [preview, whole])
  const mayNot = whole.may.edit === true ? null : inWords(String(whole.may.edit))
  const missing = missingIn(change)
  const problems = isOld ? [] : (preview?.problems.flatMap(complaintsOf) ?? [])
  const isReady = !isChecking && !isOvertaken && !mayNot && !missing
  const troubles = [mayNot, act.problem.value, ...complaints, ...problems].filter((each) => each !== null)
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
      {isOvertaken && <Conflict whole={whole} open={open} />}
      {whole.listed.approvals.length > 0 && <Notice tone="warn">{t('edit.note')}</Notice>}
      <TextEditor whole={whole} preview={preview} />
      <CellChoice whole={whole} cells={preview?.cells ?? null} />
      <FiguresCompared
        before={whole.figures}
        after={preview?.figures ?? null}
        isChecking={isChecking}
        isOld={isOld}
      />
      {preview?.notes.map((each) => (
        <Notice key={each} tone="warn">
          {inWords(each)}
        </Notice>
      ))}
      <Why />
      <Foot>
        <Troubles sentences={[...new Set(troubles)]} />
        {isOvertaken && (
          <Notice tone="warn">
            <button type="button" class="link-button" onClick={lead}>
              {t('changed.first')}
            </button>
          </Notice>
        )}
        {missing && <small class="quiet edit__missing">{missing}</small>}
        <button type="submit" class="button button--primary" disabled={!isReady || act.isBusy.value}>
          {t('edit.save')}
        </button>
      </Foot>
    </form>
  )
}
