/** Name, search, what is shown, settings and account; below it what somebody must know before anything else. */
import type { ComponentChildren } from 'preact'
import { AccountMenu } from '../../account'
import { t } from '../../i18n'
import { announcement } from '../../state'
import { Logo } from '../shared/icons'
import { AreaSearch } from './AreaSearch'
import { Banners } from './Banners'
import { MeasureSwitch } from './MeasureSwitch'
import { SettingsMenu } from './SettingsMenu'

/** `children` stands before the settings: the map's downloads. */
export const Header = ({ children }: { children?: ComponentChildren }) => (
  <header class="header">
    <div class="header__row">
      <h1 class="header__name">
        <Logo />
        <span>{t('app.name')}</span>
      </h1>
      <AreaSearch />
      <MeasureSwitch />
      <div class="header__tools">
        {children}
        <SettingsMenu />
        <AccountMenu />
      </div>
    </div>
    <Banners />
    <div class="for-readers" role="status" aria-live="polite">
      {announcement.value}
    </div>
  </header>
)
