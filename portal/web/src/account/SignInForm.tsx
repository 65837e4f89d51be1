/** Login and password, or the provider's button. */
import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { ApiError, address } from '../api'
import { t, tOr } from '../i18n'
import { errorInWords } from '../i18n/said'
import { countdown } from '../i18n/times'
import { Field, valuesOf } from '../panels/shared/Field'
import { Notice } from '../panels/shared/Notice'
import { session } from '../state'
import { Card } from './Card'
import { hasEnded, refusedWhy, signIn } from './session'

const WAIT_s = 30

const said = (error: unknown) =>
  error instanceof ApiError && error.status === 401 ? t('sign_in.wrong') : errorInWords(error)

/** Seconds until another attempt is allowed, counted down. */
const useWait = () => {
  const left_s = useSignal(0)
  useEffect(() => {
    if (!left_s.value) return
    const timer = setTimeout(() => left_s.value--, 1000)
    return () => clearTimeout(timer)
  }, [left_s.value])
  return left_s
}

const Provider = ({ name }: { name: string }) => (
  <>
    <p class="gate__or">{t('sign_in.or')}</p>
    <a class="button button--wide" href={address('/oidc/start')}>
      {t('sign_in.oidc', { name })}
    </a>
  </>
)

const Attempt = () => {
  const error = useSignal<unknown>(null)
  const isBusy = useSignal(false)
  const wait_s = useWait()
  const submit = async (event: SubmitEvent) => {
    event.preventDefault()
    const { login, password } = valuesOf(event)
    isBusy.value = true
    error.value = null
    try {
      await signIn(login, password)
    } catch (refusal) {
      if (refusal instanceof ApiError && refusal.status === 429) wait_s.value = refusal.retryAfter_s ?? WAIT_s
      else error.value = refusal
    }
    isBusy.value = false
  }
  return (
    <form class="form" onSubmit={submit}>
      <Field name="login" label={t('sign_in.login')} autocomplete="username" autofocus />
      <Field name="password" label={t('sign_in.password')} type="password" autocomplete="current-password" />
      {error.value ? <Notice tone="bad">{said(error.value)}</Notice> : null}
      {wait_s.value > 0 && (
        <Notice tone="warn">{t('sign_in.wait', { left: countdown(wait_s.value * 1000) })}</Notice>
      )}
      <button
        type="submit"
        class="button button--primary button--wide"
        disabled={isBusy.value || wait_s.value > 0}
      >
        {t('sign_in.button')}
      </button>
    </form>
  )
}

export const SignInForm = () => {
  const refused = refusedWhy()
  const { needs_setup, oidc } = session.value ?? { needs_setup: false, oidc: null }
  return (
    <Card>
      <h1>{t('sign_in.title')}</h1>
      {hasEnded.value && <Notice tone="warn">{t('sign_in.ended')}</Notice>}
      {refused && <Notice tone="bad">{tOr(`refused.${refused}`, t('refused.oidc_failed'))}</Notice>}
      {needs_setup ? <Notice tone="info">{t('sign_in.needs_setup')}</Notice> : <Attempt />}
      {oidc && <Provider name={oidc.name} />}
    </Card>
  )
}
