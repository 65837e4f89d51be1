/** Figures of one hexagon, in words. */
import { t } from '../i18n'
import { number, percent } from '../i18n/numbers'
import type { Measure } from '../state'
import { type HourOfHexagons, valueAt } from './hour'
import { ENOUGH_COVERAGE } from './paint'

/** Two digits are as much as an estimate can bear; below one they are decimals. */
export const estimate = (value: number) => {
  const its = Number(value.toPrecision(2))
  return number(its, Math.abs(its) >= 10 ? 0 : 2)
}
export const people = (value: number) => number(Number(Math.round(value).toPrecision(2)))

export const valueInWords = (measure: Measure, value: number) => {
  if (measure === 'density') return t('readout.density', { value: estimate(value) })
  if (Number.isNaN(value)) return t('readout.no_usual')
  if (measure === 'change') return t('readout.change', { value: estimate(value) })
  return t(value < 0 ? 'readout.excess_below' : 'readout.excess_above', { value: estimate(Math.abs(value)) })
}

/** The figure that is drawn first, then what it rests on. */
export const hexagonInWords = (hour: HourOfHexagons, slot: number, measure: Measure): string[] => {
  const row = hour.rows[slot]
  const usual = hour.baseline[row]
  const coverage = hour.coverage[row]
  return [
    valueInWords(measure, valueAt(hour, row, measure)),
    t('readout.people', { people: people(hour.people[row]) }),
    ...(Number.isNaN(usual) ? [] : [t('readout.usual', { people: people(usual) })]),
    ...(coverage < ENOUGH_COVERAGE ? [t('readout.uncovered', { share: percent(coverage) })] : []),
  ]
}
