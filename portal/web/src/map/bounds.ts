/** Bounds of classes as people read them. */
import { compact, number } from '../i18n/numbers'
import { compare, measure } from '../state'
import { estimate } from './figures'

const MINUS = '\u2212'

/** "1,000", "+300", and of change "×2" or "÷4". */
export const boundText = (value: number) => {
  if (measure.value === 'density') return number(value, 2)
  if (measure.value === 'excess') return value > 0 ? `+${estimate(value)}` : `${MINUS}${estimate(-value)}`
  return value >= 1 ? `×${number(value, 2)}` : `÷${number(1 / value, 2)}`
}

/** From here on a number is long; half a map has less room for its legend. */
const longFrom = () => (compare.value?.how === 'side' ? 1_000 : 10_000)

/** The same in the few pixels of a legend: "10K", "+30 rb". */
export const shortBoundText = (value: number) => {
  if (measure.value === 'change' || Math.abs(value) < longFrom()) return boundText(value)
  const sign = measure.value === 'density' ? '' : value > 0 ? '+' : MINUS
  return sign + compact(Math.abs(value))
}
