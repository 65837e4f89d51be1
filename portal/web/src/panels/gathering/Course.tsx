/** How a gathering went, from its first hour to its last. */
import type { GatheringDetail } from '../../api'
import { type ChartHour, HourChart } from '../../charts'
import { t } from '../../i18n'
import { at } from '../../state'
import { showHour } from '../shared/showHour'

const hoursOf = ({ course }: GatheringDetail): ChartHour[] =>
  course.map((hour) => ({ ...hour, usual_low: null, usual_high: null, is_withheld: false }))

export const Course = ({ gathering }: { gathering: GatheringDetail }) =>
  gathering.course.length > 1 ? (
    <section class="part">
      <h3>{t('chart.course')}</h3>
      <HourChart label={t('chart.course')} hours={hoursOf(gathering)} shown={at.value} onPick={showHour} />
    </section>
  ) : null
