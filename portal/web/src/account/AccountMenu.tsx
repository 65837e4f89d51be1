/** Who is signed in, and what belongs to that person. */
import { type Signal, useSignal } from '@preact/signals'
import { lazy, Suspense } from 'preact/compat'
import { t } from '../i18n'
import { PersonIcon } from '../panels/shared/icons'
import { Menu } from '../panels/shared/Menu'
import { may, session } from '../state'
import { PasswordDialog } from './PasswordDialog'
import { signOut } from './session'

const AdminDialog = lazy(() => import('./AdminDialog'))

type Open = Signal<'password' | 'admin' | null>

const Entries = ({ open }: { open: Open }) => (
  <>
    <button type="button" class="menu__entry" onClick={() => (open.value = 'password')}>
      {t('password.title')}
    </button>
    {may.value.administer && (
      <button type="button" class="menu__entry" onClick={() => (open.value = 'admin')}>
        {t('menu.admin')}
      </button>
    )}
    <button type="button" class="menu__entry" onClick={signOut}>
      {t('menu.sign_out')}
    </button>
  </>
)

export const AccountMenu = () => {
  const open: Open = useSignal(null)
  const account = session.value?.account
  if (!account) return null
  const close = () => (open.value = null)
  return (
    <>
      <Menu label={t('menu.label', { name: account.name })} icon={<PersonIcon />}>
        <p class="menu__who">
          <strong>{account.name}</strong>
          <span class="quiet">{t(`role.${account.role}`)}</span>
        </p>
        <Entries open={open} />
      </Menu>
      {open.value === 'password' && <PasswordDialog onClose={close} />}
      {open.value === 'admin' && (
        <Suspense fallback={null}>
          <AdminDialog onClose={close} />
        </Suspense>
      )}
    </>
  )
}
