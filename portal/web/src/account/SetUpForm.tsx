/** What a one-time link opens: the first admin's account, or a password for an account that is there. */
import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { ApiError } from '../api'
import { t } from '../i18n'
import { errorInWords } from '../i18n/said'
import { Field, valuesOf } from '../panels/shared/Field'
import { Notice } from '../panels/shared/Notice'
import { Card } from './Card'
import { NewPassword, wrongPassword } from './NewPassword'
import { askSetUp, type SetUp, setUp } from './session'

const said = (error: unknown) =>
  error instanceof ApiError && error.status === 404 ? t('setup.bad_link') : errorInWords(error)

const Who = ({ login, name, is_first }: SetUp) =>
  is_first ? (
    <>
      <h1>{t('setup.first')}</h1>
      <Field
        name="login"
        label={t('sign_in.login')}
        hint={t('setup.login_hint')}
        autocomplete="username"
        autofocus
      />
      <Field name="name" label={t('setup.name')} hint={t('setup.name_hint')} autocomplete="name" />
    </>
  ) : (
    <>
      <h1>{t('setup.own', { name: name ?? '' })}</h1>
      <p>{t('setup.own_what', { login: login ?? '' })}</p>
      <input type="hidden" autocomplete="username" value={login ?? ''} />
    </>
  )

export const SetUpForm = ({ token, done }: { token: string; done: () => void }) => {
  const known = useSignal<SetUp | null>(null)
  const problem = useSignal<string | null>(null)
  useEffect(() => {
    askSetUp(token).then(
      (answer) => (known.value = answer),
      (error) => (problem.value = said(error)),
    )
  }, [token])
  const submit = async (event: SubmitEvent) => {
    event.preventDefault()
    const { login, name, password, again } = valuesOf(event)
    problem.value = wrongPassword(password, again)
    if (problem.value) return
    try {
      await setUp(known.value?.is_first ? { token, login, name, password } : { token, password })
      done()
    } catch (error) {
      problem.value = said(error)
    }
  }
  return (
    <Card>
      <form class="form" onSubmit={submit}>
        {known.value && <Who {...known.value} />}
        {known.value && <NewPassword />}
        {problem.value && <Notice tone="bad">{problem.value}</Notice>}
        {known.value ? (
          <button type="submit" class="button button--primary button--wide">
            {t('setup.button')}
          </button>
        ) : (
          <button type="button" class="button button--wide" onClick={done}>
            {t('sign_in.title')}
          </button>
        )}
      </form>
    </Card>
  )
}
