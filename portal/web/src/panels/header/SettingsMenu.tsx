import { t } from '../../i18n'
import { SettingsIcon } from '../shared/icons'
import { Menu } from '../shared/Menu'
import { LanguageSwitch } from './LanguageSwitch'
import { ThemeSwitch } from './ThemeSwitch'

export const SettingsMenu = () => (
  <Menu label={t('settings.label')} icon={<SettingsIcon />}>
    <p class="menu__label">{t('language.label')}</p>
    <LanguageSwitch />
    <p class="menu__label">{t('theme.label')}</p>
    <ThemeSwitch />
  </Menu>
)
