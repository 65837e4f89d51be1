/** Numbers as people read them. */
import { language } from '../state'
import { LOCALES } from './fill'
import { numberFormat } from './formats'
import { t } from './index'

export const number = (value: number, digits = 0) =>
  numberFormat(LOCALES[language.value], { maximumFractionDigits: digits }).format(value)

/** "10K", "30 rb". */
export const compact = (value: number) =>
  numberFormat(LOCALES[language.value], { notation: 'compact', maximumFractionDigits: 1 }).format(value)

export const percent = (share: number) =>
  numberFormat(LOCALES[language.value], { style: 'percent', maximumFractionDigits: 0 }).format(share)

const powerOfTen = (value: number) => 10 ** Math.floor(Math.log10(value))

/**
 * A number as its range deserves, by the same rule as the sentences of reasons: steps that fit twice into the range,
 * never so wide that fewer than two figures stay.
 */
const roundedIn = (value: number, low: number, high: number) => {
  const byRange = high > low ? powerOfTen((high - low) / 2) : Number.POSITIVE_INFINITY
  const twoFigures = value ? powerOfTen(Math.abs(value) / 10) : 1
  const step = Math.max(Math.min(byRange, twoFigures), 1)
  return Math.round(value / step) * step
}

export const roundedRange = (low: number, high: number): [number, number] => [
  roundedIn(low, low, high),
  roundedIn(high, low, high),
]

/** Two figures worth of a number: 5,283 is about 5,300. */
export const rounded = (value: number) => {
  if (Math.abs(value) < 100) return Math.round(value)
  const step = 10 ** (Math.floor(Math.log10(Math.abs(value))) - 1)
  return Math.round(value / step) * step
}

/** "2.900-5.100" with the hyphen that the language uses; null where the range is not known. */
export const rangeInFigures = (low: number | null, high: number | null) => {
  if (low === null || high === null || high <= 0) return null
  const [from, to] = roundedRange(Math.max(low, 0), high)
  return from === to ? number(from) : `${number(from)}–${number(to)}`
}

type People = { people: number | null; people_low: number | null; people_high: number | null }

/** People as a range, or about how many, or that nobody knows. */
export const peopleInWords = ({ people, people_low, people_high }: People) => {
  const range = rangeInFigures(people_low, people_high)
  if (range) return t('people.range', { range })
  return people === null ? t('people.unknown') : t('people.about', { people: rounded(people) })
}

/** "7.100 above usual", "300 below usual", "as usual". */
export const excessInWords = (excess: number | null) => {
  if (excess === null) return t('excess.unknown')
  const told = Math.abs(rounded(excess))
  if (told === 0) return t('excess.none')
  return t(excess > 0 ? 'excess.above' : 'excess.below', { people: told })
}
