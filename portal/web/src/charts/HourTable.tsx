/** A chart's hours as a table. */
import { t } from '../i18n'
import { number, rangeInFigures, rounded } from '../i18n/numbers'
import { dayAndClock } from '../i18n/times'
import { type ChartHour, kindOf } from './hours'

const peopleOf = (hour: ChartHour) => {
  const kind = kindOf(hour)
  if (kind !== 'known') return t(`chart.${kind}`)
  return rangeInFigures(hour.people_low, hour.people_high) ?? number(rounded(hour.people ?? 0))
}

export const HourTable = ({ label, hours }: { label: string; hours: ChartHour[] }) => (
  // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached without a pointer
  <section class="scroll" tabIndex={0} aria-label={label}>
    <table class="table">
      <thead>
        <tr>
          <th scope="col">{t('chart.time')}</th>
          <th scope="col" class="figure">
            {t('chart.people')}
          </th>
          <th scope="col" class="figure">
            {t('chart.usual')}
          </th>
        </tr>
      </thead>
      <tbody>
        {hours.map((hour) => (
          <tr key={hour.at}>
            <th scope="row">{dayAndClock(hour.at)}</th>
            <td class="figure">{peopleOf(hour)}</td>
            <td class="figure">{hour.usual === null ? '–' : number(rounded(hour.usual))}</td>
          </tr>
        ))}
      </tbody>
    </table>
  </section>
)
