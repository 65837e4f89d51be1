/** Asks before something happens, and names what. */
import { useSignal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { useId, useState } from 'preact/hooks'
import { t } from '../../i18n'
import { Dialog } from './Dialog'
import { draftOf } from './drafts'
import { Notice } from './Notice'
import { useAct } from './useAct'

type Confirmed = (why: string) => Promise<unknown>
type Props = {
  title: string
  children: ComponentChildren
  action: string
  tone?: 'primary' | 'danger'
  /** Whether a reason has to be given. */
  why: 'needed' | 'welcome'
  keep?: string
  /** What it decides on, to keep a reason that was begun until it is done: "approve W1". */
  about: string
  /** Somebody else was faster: nothing is left to confirm. */
  isOver?: boolean
  onConfirm: Confirmed
  onClose: () => void
}

const Why = ({ why, label, problem }: { why: { value: string }; label: string; problem: string | null }) => {
  const id = useId()
  return (
    <div class="field">
      <label class="field__label" for={id}>
        {label}
      </label>
      <textarea
        class="input"
        id={id}
        rows={2}
        autofocus
        maxLength={500}
        value={why.value}
        aria-invalid={problem !== null}
        aria-describedby={`${id}-hint`}
        onInput={(event) => {
          why.value = event.currentTarget.value
        }}
      />
      <small class="quiet" id={`${id}-hint`}>
        {problem ?? t('why.hint')}
      </small>
    </div>
  )
}

export const Confirm = ({
  title,
  children,
  action,
  tone = 'primary',
  why: need,
  keep,
  about,
  isOver = false,
  onConfirm,
  onClose,
}: Props) => {
  const [why] = useState(() => draftOf(about))
  const missing = useSignal<string | null>(null)
  const act = useAct(() => {
    why.value = ''
    onClose()
  })
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    missing.value = need === 'needed' && !why.value.trim() ? t('why.missing') : null
    if (!missing.value && !isOver) act.run(() => onConfirm(why.value.trim()))
  }
  return (
    <Dialog title={title} onClose={onClose}>
      <form class="form" onSubmit={submit}>
        <div class="dialog__what">{children}</div>
        <Why why={why} label={t(need === 'needed' ? 'why' : 'approve.why')} problem={missing.value} />
        {act.problem.value && <Notice tone="bad">{act.problem.value}</Notice>}
        <footer class="dialog__foot">
          <button type="button" class="button" onClick={onClose}>
            {isOver ? t('close') : (keep ?? t('cancel'))}
          </button>
          {!isOver && (
            <button type="submit" class={`button button--${tone}`} disabled={act.isBusy.value}>
              {action}
            </button>
          )}
        </footer>
      </form>
    </Dialog>
  )
}
