/** Accounts of people: make one, change what it may, switch it off, hand out a link. */
import { type Signal, useSignal } from '@preact/signals'
import { useId } from 'preact/hooks'
import { get, patch, post, type Role } from '../api'
import { t } from '../i18n'
import { dayAndClock } from '../i18n/times'
import { CopyButton } from '../panels/shared/CopyButton'
import { Field, valuesOf } from '../panels/shared/Field'
import { Loaded } from '../panels/shared/Loaded'
import { Notice } from '../panels/shared/Notice'
import { useAct } from '../panels/shared/useAct'
import { useAsked } from '../panels/shared/useAsked'
import { session } from '../state'

type Listed = {
  login: string
  name: string
  role: Role
  is_disabled: boolean
  has_password: boolean
  may_use_oidc: boolean
  last_seen_at: string | null
}
type Link = { name: string; link: string }
const ROLES: Role[] = ['viewer', 'analyst', 'approver', 'admin']
const path = (login: string) => `/accounts/${encodeURIComponent(login)}`

/** The server knows only the page's own path; whoever gets the link needs the whole address. */
const whole = (link: string) => new URL(link, location.origin).href

const told = (role: Role) => `${t(`role.${role}`)}: ${t(`role.${role}_what`)}`

const Roles = ({ say }: { say: (role: Role) => string }) => (
  <>
    {ROLES.map((role) => (
      <option key={role} value={role}>
        {say(role)}
      </option>
    ))}
  </>
)

const OneTimeLink = ({ name, link }: Link) => (
  <Notice tone="good">
    <strong>{t('admin.link_of', { name })}</strong>
    <p>{t('admin.link_what', { name })}</p>
    <div class="row">
      <input class="input input--code" readOnly value={whole(link)} aria-label={t('admin.link')} />
      <CopyButton text={whole(link)} label={t('copy')} />
    </div>
  </Notice>
)

const seen = ({ has_password, last_seen_at }: Listed) => {
  if (!has_password) return t('admin.no_password')
  return last_seen_at ? t('admin.seen', { at: dayAndClock(last_seen_at) }) : t('admin.never')
}

type RowProps = { account: Listed; link: Signal<Link | null>; act: ReturnType<typeof useAct> }

const Row = ({ account, link, act }: RowProps) => {
  const { login, name, role, is_disabled } = account
  const isOwn = session.value?.account?.login === login
  const change = (what: Partial<Listed>) => act.run(() => patch(path(login), what))
  const makeLink = () =>
    act.run(async () => {
      link.value = { name, ...(await post<{ link: string }>(`${path(login)}/link`)) }
    })
  return (
    <li class={`admin__row ${is_disabled ? 'is-off' : ''}`}>
      <div class="admin__who">
        <strong>{name}</strong> <span class="quiet">{login}</span>
        <small class="quiet">{is_disabled ? t('admin.disabled') : seen(account)}</small>
      </div>
      <select
        class="input"
        aria-label={t('admin.role_of', { name })}
        value={role}
        disabled={isOwn}
        onChange={(event) => change({ role: event.currentTarget.value as Role })}
      >
        <Roles say={(each) => t(`role.${each}`)} />
      </select>
      {session.value?.oidc && (
        <label class="check">
          <input
            type="checkbox"
            checked={account.may_use_oidc}
            onChange={(event) => change({ may_use_oidc: event.currentTarget.checked })}
          />
          {t('admin.oidc')}
        </label>
      )}
      <button type="button" class="button" onClick={makeLink}>
        {t('admin.link')}
      </button>
      <button
        type="button"
        class="button"
        disabled={isOwn}
        onClick={() => change({ is_disabled: !is_disabled })}
      >
        {t(is_disabled ? 'admin.enable' : 'admin.disable')}
      </button>
    </li>
  )
}

const NewAccount = ({ add }: { add: (event: SubmitEvent) => void }) => {
  const id = useId()
  return (
    <form class="form form--row" onSubmit={add}>
      <Field name="login" label={t('sign_in.login')} autocomplete="off" />
      <Field name="name" label={t('setup.name')} autocomplete="off" />
      <div class="field">
        <label class="field__label" for={id}>
          {t('admin.role')}
        </label>
        <select class="input" name="role" id={id}>
          <Roles say={told} />
        </select>
      </div>
      <button type="submit" class="button button--primary">
        {t('admin.add_account')}
      </button>
    </form>
  )
}

export const Accounts = () => {
  const asked = useAsked((signal) => get<Listed[]>('/accounts', {}, signal), [])
  const link = useSignal<Link | null>(null)
  const act = useAct(asked.reload)
  const add = (event: SubmitEvent) => {
    event.preventDefault()
    const form = event.currentTarget as HTMLFormElement
    const { login, name, role } = valuesOf(event)
    act.run(async () => {
      link.value = { name, ...(await post<{ link: string }>('/accounts', { login, name, role })) }
      form.reset()
    })
  }
  return (
    <>
      {link.value && <OneTimeLink {...link.value} />}
      {act.problem.value && <Notice tone="bad">{act.problem.value}</Notice>}
      <Loaded asked={asked}>
        {(accounts) => (
          <ul class="admin__list">
            {accounts.map((account) => (
              <Row key={account.login} account={account} link={link} act={act} />
            ))}
          </ul>
        )}
      </Loaded>
      <h3>{t('admin.add_account')}</h3>
      <NewAccount add={add} />
    </>
  )
}
