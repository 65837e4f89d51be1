/** Fills `{name}` and `{name|one|many}` in a text. */
import type { Language } from '../state'
import { numberFormat } from './formats'

export type Values = Record<string, string | number>
export const LOCALES: Record<Language, string> = { id: 'id-ID', en: 'en-GB' }

const PLACEHOLDER = /\{(\w+)(?:\|([^|}]*)\|([^}]*))?\}/g

/** Names of the placeholders of a text, each once, in order of the alphabet. */
export const placeholdersOf = (text: string) =>
  [...new Set([...text.matchAll(PLACEHOLDER)].map(([, name]) => name))].sort()

const told = (value: string | number | undefined, language: Language) =>
  typeof value === 'number' ? numberFormat(LOCALES[language], {}).format(value) : (value ?? '')

/** `{cells} {cells|cell|cells}` with 14 becomes "14 cells". */
export const fill = (text: string, values: Values, language: Language) =>
  text.replace(PLACEHOLDER, (_, name: string, one?: string, many?: string) => {
    if (one === undefined) return told(values[name], language)
    return values[name] === 1 ? one : (many ?? '')
  })
