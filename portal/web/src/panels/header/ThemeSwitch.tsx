import { t } from '../../i18n'
import { chooseTheme, type ThemeChoice, themeChoice } from '../shared/preferences'

const CHOICES: ThemeChoice[] = ['light', 'dark', 'system']

export const ThemeSwitch = () => (
  <fieldset class="switch">
    <legend class="for-readers">{t('theme.label')}</legend>
    {CHOICES.map((each) => (
      <label key={each} class="switch__choice">
        <input
          type="radio"
          name="theme"
          checked={themeChoice.value === each}
          onChange={() => chooseTheme(each)}
        />
        <span>{t(`theme.${each}`)}</span>
      </label>
    ))}
  </fieldset>
)
