/** Changing one's own password. */
import { useSignal } from '@preact/signals'
import { post, type Session } from '../api'
import { t } from '../i18n'
import { errorInWords } from '../i18n/said'
import { Dialog } from '../panels/shared/Dialog'
import { Field, valuesOf } from '../panels/shared/Field'
import { Notice } from '../panels/shared/Notice'
import { announcement } from '../state'
import { NewPassword, wrongPassword } from './NewPassword'
import { take } from './session'

export const PasswordDialog = ({ onClose }: { onClose: () => void }) => {
  const problem = useSignal<string | null>(null)
  const submit = async (event: SubmitEvent) => {
    event.preventDefault()
    const { current, password, again } = valuesOf(event)
    problem.value = wrongPassword(password, again)
    if (problem.value) return
    try {
      take(await post<Session>('/password', { current, new: password }))
      announcement.value = t('password.changed')
      onClose()
    } catch (error) {
      problem.value = errorInWords(error)
    }
  }
  return (
    <Dialog title={t('password.title')} onClose={onClose}>
      <form class="form" onSubmit={submit}>
        <Field
          name="current"
          label={t('password.current')}
          type="password"
          autocomplete="current-password"
          autofocus
        />
        <NewPassword />
        {problem.value && <Notice tone="bad">{problem.value}</Notice>}
        <footer class="dialog__foot">
          <button type="button" class="button" onClick={onClose}>
            {t('cancel')}
          </button>
          <button type="submit" class="button button--primary">
            {t('save')}
          </button>
        </footer>
      </form>
    </Dialog>
  )
}
