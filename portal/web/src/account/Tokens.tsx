/** Tokens of machines: made with what they may read and for how long, shown once, revoked. */
import { useSignal } from '@preact/signals'
import { ApiError, get, post, remove } from '../api'
import { t, tOr } from '../i18n'
import { dayAndClock, shortDay } from '../i18n/times'
import { CopyButton } from '../panels/shared/CopyButton'
import { Field, valuesOf } from '../panels/shared/Field'
import { Loaded } from '../panels/shared/Loaded'
import { Notice } from '../panels/shared/Notice'
import { useAct } from '../panels/shared/useAct'
import { useAsked } from '../panels/shared/useAsked'

type Token = {
  id: string | number
  name: string
  scopes: string[]
  created_by: string
  created_at: string
  expires_at: string
  last_used_at: string | null
}
const SCOPES = ['map', 'warnings', 'downloads'] as const

const Row = ({ token, revoke }: { token: Token; revoke: () => void }) => (
  <li class="admin__row">
    <div class="admin__who">
      <strong>{token.name}</strong>{' '}
      <span class="quiet">{token.scopes.map((scope) => tOr(`scope.${scope}`, scope)).join(', ')}</span>
      <small class="quiet">
        {t('admin.token_made', { by: token.created_by, until: shortDay(token.expires_at) })},{' '}
        {token.last_used_at
          ? t('admin.token_used', { at: dayAndClock(token.last_used_at) })
          : t('admin.token_unused')}
      </small>
    </div>
    <button
      type="button"
      class="button button--danger"
      aria-label={t('admin.revoke_of', { name: token.name })}
      onClick={revoke}
    >
      {t('admin.revoke')}
    </button>
  </li>
)

const NewToken = ({ add }: { add: (event: SubmitEvent) => void }) => (
  <form class="form form--row" onSubmit={add}>
    <Field name="name" label={t('admin.token_name')} hint={t('admin.token_hint')} autocomplete="off" />
    <Field name="days" label={t('admin.token_days')} type="number" min={1} max={365} value="90" />
    <fieldset class="field">
      <legend class="field__label">{t('admin.token_scopes')}</legend>
      {SCOPES.map((scope) => (
        <label key={scope} class="check">
          <input type="checkbox" name="scopes" value={scope} defaultChecked={scope === 'map'} />
          {t(`scope.${scope}`)}
        </label>
      ))}
    </fieldset>
    <button type="submit" class="button button--primary">
      {t('admin.add_token')}
    </button>
  </form>
)

const Once = ({ token }: { token: string }) => (
  <Notice tone="good">
    <strong>{t('admin.token_once')}</strong>
    <div class="row">
      <input class="input input--code" readOnly value={token} aria-label={t('admin.token_value')} />
      <CopyButton text={token} label={t('copy')} />
    </div>
  </Notice>
)

export const Tokens = () => {
  const asked = useAsked((signal) => get<Token[]>('/tokens', {}, signal), [])
  const made = useSignal<string | null>(null)
  const act = useAct(asked.reload)
  const add = (event: SubmitEvent) => {
    event.preventDefault()
    const form = event.currentTarget as HTMLFormElement
    const { name, days } = valuesOf(event)
    const scopes = new FormData(form).getAll('scopes')
    act.run(async () => {
      if (scopes.length === 0) throw new ApiError(422, 'refused', t('admin.token_no_scope'))
      made.value = (await post<{ token: string }>('/tokens', { name, scopes, days: Number(days) })).token
      form.reset()
    })
  }
  return (
    <>
      {made.value && <Once token={made.value} />}
      {act.problem.value && <Notice tone="bad">{act.problem.value}</Notice>}
      <Loaded asked={asked} empty={t('admin.no_tokens')}>
        {(tokens) => (
          <ul class="admin__list">
            {tokens.map((token) => (
              <Row key={token.id} token={token} revoke={() => act.run(() => remove(`/tokens/${token.id}`))} />
            ))}
          </ul>
        )}
      </Loaded>
      <h3>{t('admin.add_token')}</h3>
      <NewToken add={add} />
    </>
  )
}
