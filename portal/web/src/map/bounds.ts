/** Bounds of classes as people read them. */
import { number } from '../i18n/numbers'
import { measure } from '../state'
import { estimate } from './figures'

const MINUS = '\u2212'

/** "1,000", "+300", and of change "×2" or "÷4". */
export const boundText = (value: number) => {
  if (measure.value === 'density') return number(value, 2)
  if (measure.value === 'excess') return value > 0 ? `+${estimate(value)}` : `${MINUS}${estimate(-value)}`
  return value >= 1 ? `×${number(value, 2)}` : `÷${number(1 / value, 2)}`
}
