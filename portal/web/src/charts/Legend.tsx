/** What the lines and shades mean; only those that are there. */
import type { Key } from '../i18n'
import { t } from '../i18n'
import { type ChartHour, kindOf } from './hours'

const entriesOf = (hours: ChartHour[]): [string, Key][] => {
  const kinds = new Set(hours.map(kindOf))
  const all: [string, Key, boolean][] = [
    ['people', 'chart.people', true],
    ['range', 'chart.range', hours.some((hour) => hour.people_low !== null)],
    ['usual', 'chart.usual', hours.some((hour) => hour.usual !== null)],
    ['withheld', 'chart.withheld', kinds.has('withheld')],
    ['missing', 'chart.missing', kinds.has('missing')],
  ]
  return all.filter(([, , isThere]) => isThere).map(([name, key]) => [name, key])
}

export const Legend = ({ hours }: { hours: ChartHour[] }) => (
  <ul class="chart__legend">
    {entriesOf(hours).map(([name, key]) => (
      <li key={name}>
        <span class={`swatch swatch--${name}`} aria-hidden="true" />
        {t(key)}
      </li>
    ))}
  </ul>
)
