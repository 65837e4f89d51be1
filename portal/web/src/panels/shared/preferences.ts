/** Language and appearance: as chosen before, else as the device is set. */
import { effect, signal } from '@preact/signals'
import { announcement, type Language, language, type Theme, theme } from '../../state'

export type ThemeChoice = Theme | 'system'
export const themeChoice = signal<ThemeChoice>('system')

const LANGUAGE = 'kerumun.language'
const THEME = 'kerumun.theme'
const dark = matchMedia('(prefers-color-scheme: dark)')

const remembered = <T extends string>(key: string, among: readonly T[]) =>
  among.find((each) => each === localStorage.getItem(key)) ?? null

const deviceLanguage = (): Language => (navigator.language.startsWith('en') ? 'en' : 'id')

const followTheme = () => {
  const chosen = themeChoice.value
  theme.value = chosen === 'system' ? (dark.matches ? 'dark' : 'light') : chosen
}

/** Take up what was chosen before; called once, before anything is drawn. */
export const startPreferences = () => {
  language.value = remembered<Language>(LANGUAGE, ['id', 'en']) ?? deviceLanguage()
  themeChoice.value = remembered<ThemeChoice>(THEME, ['light', 'dark', 'system']) ?? 'system'
  dark.addEventListener('change', followTheme)
  effect(followTheme)
  effect(() => {
    document.documentElement.dataset.theme = theme.value
  })
  effect(() => {
    document.documentElement.lang = language.value
    // What was said last was said in the other language.
    announcement.value = ''
  })
}

/** Only what somebody chose is remembered: a link of somebody else brings its own language and appearance. */
export const chooseLanguage = (chosen: Language) => {
  language.value = chosen
  localStorage.setItem(LANGUAGE, chosen)
}

export const chooseTheme = (chosen: ThemeChoice) => {
  themeChoice.value = chosen
  followTheme()
  localStorage.setItem(THEME, chosen)
}
