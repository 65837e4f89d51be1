/** The sheet in the middle of an otherwise empty page. */
import type { ComponentChildren } from 'preact'
import { t } from '../i18n'
import { LanguageSwitch } from '../panels/header/LanguageSwitch'
import { Logo } from '../panels/shared/icons'

export const Card = ({ children }: { children: ComponentChildren }) => (
  <main class="gate">
    <div class="gate__card">
      <header class="gate__head">
        <Logo />
        <div>
          <p class="gate__name">{t('app.name')}</p>
          <p class="quiet">{t('app.what')}</p>
        </div>
        <LanguageSwitch />
      </header>
      {children}
    </div>
  </main>
)
