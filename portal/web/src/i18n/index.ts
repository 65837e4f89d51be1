/** The page's words: `t(key, values)` says it in the language chosen. */
import { language } from '../state'
import { fill, type Values } from './fill'
import { type Key, words } from './words'

export type { Key, Values }

/** The words of a key, with its placeholders filled in; follows the language chosen. */
export const t = (key: Key, values: Values = {}) => fill(words[key][language.value], values, language.value)

/** The words of a key that is put together while the page runs; what has no words is shown as it came. */
export const tOr = (key: string, otherwise: string, values: Values = {}) =>
  key in words ? t(key as Key, values) : otherwise
