/** The ground of a gathering over a week: what is usual there, and what was not. */
import { HourChart } from '../../charts'
import { t } from '../../i18n'
import { at, lakeVersion } from '../../state'
import { week } from '../../time/week'
import { askHistory } from '../shared/history'
import { Loaded } from '../shared/Loaded'
import { showHour } from '../shared/showHour'
import { useAsked } from '../shared/useAsked'

export const GroundWeek = ({ hexes }: { hexes: string[] }) => {
  const span = week.value
  const asked = useAsked(span && hexes.length ? (signal) => askHistory(hexes, span, signal) : null, [
    hexes.join(),
    span?.start,
    span?.end,
    lakeVersion.value,
  ])
  if (!hexes.length) return null
  return (
    <section class="part">
      <h3>{t('gathering.week')}</h3>
      <p class="quiet">{t('gathering.week_what')}</p>
      <Loaded asked={asked}>
        {({ hours }) => (
          <HourChart label={t('gathering.week')} hours={hours} shown={at.value} onPick={showHour} />
        )}
      </Loaded>
    </section>
  )
}
