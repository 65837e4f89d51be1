/** A password, twice. */
import { t } from '../i18n'
import { Field } from '../panels/shared/Field'

const SHORTEST = 12

/** What is wrong with a new password before the server sees it; null where nothing is. */
export const wrongPassword = (password: string, again: string) => {
  if (password.length < SHORTEST) return t('password.short')
  return password === again ? null : t('password.differs')
}

export const NewPassword = () => (
  <>
    <Field
      name="password"
      label={t('password.new')}
      hint={t('password.hint')}
      type="password"
      autocomplete="new-password"
    />
    <Field name="again" label={t('password.repeat')} type="password" autocomplete="new-password" />
  </>
)
