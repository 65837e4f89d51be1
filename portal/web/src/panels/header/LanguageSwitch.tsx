import { t } from '../../i18n'
import { type Language, language } from '../../state'
import { chooseLanguage } from '../shared/preferences'

const LANGUAGES: Record<Language, string> = { id: 'Indonesia', en: 'English' }

export const LanguageSwitch = () => (
  <fieldset class="switch">
    <legend class="for-readers">{t('language.label')}</legend>
    {(Object.keys(LANGUAGES) as Language[]).map((each) => (
      <label key={each} class="switch__choice">
        <input
          type="radio"
          name="language"
          checked={language.value === each}
          onChange={() => chooseLanguage(each)}
        />
        <span lang={each}>{LANGUAGES[each]}</span>
      </label>
    ))}
  </fieldset>
)
