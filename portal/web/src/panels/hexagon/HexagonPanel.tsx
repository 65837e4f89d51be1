/** A hexagon: its week, and the hour on the map in figures. */
import type { History } from '../../api'
import { HourChart } from '../../charts'
import { t } from '../../i18n'
import { number } from '../../i18n/numbers'
import { dayAndClock } from '../../i18n/times'
import { at, lakeVersion, status } from '../../state'
import { week } from '../../time/week'
import { CopyButton } from '../shared/CopyButton'
import { Figures } from '../shared/Figures'
import { askHistory } from '../shared/history'
import { Loaded } from '../shared/Loaded'
import { Notice } from '../shared/Notice'
import { Places } from '../shared/Places'
import { showHour } from '../shared/showHour'
import { useAsked } from '../shared/useAsked'

const Now = ({ hours }: Pick<History, 'hours'>) => {
  const hour = hours.find((each) => each.at === at.value)
  if (hour?.is_withheld)
    return <Notice tone="info">{t('hexagon.withheld', { k: status.value?.k ?? '' })}</Notice>
  if (!hour || hour.people === null) return <Notice tone="info">{t('hexagon.missing')}</Notice>
  return <Figures known={hour} />
}

const Week = ({ hours }: Pick<History, 'hours'>) => (
  <section class="part">
    <h3>{t('chart.title')}</h3>
    <HourChart label={t('chart.title')} hours={hours} shown={at.value} onPick={showHour} />
  </section>
)

const Head = ({ history, hex }: { history: History; hex: string }) => (
  <header class="details__head">
    <h2>{history.places[0]?.name ?? t('hexagon.title')}</h2>
    <Places places={history.places.slice(1)} />
    <p class="quiet">
      {t('hexagon.title')} · {t('hexagon.area_km2', { area: number(history.area_km2, 2) })} ·{' '}
      <code>{hex}</code>
    </p>
    <CopyButton text={hex} label={t('hexagon.copy')} />
  </header>
)

export const HexagonPanel = ({ hex }: { hex: string }) => {
  const span = week.value
  const asked = useAsked(span && ((signal) => askHistory([hex], span, signal)), [
    hex,
    span?.start,
    span?.end,
    lakeVersion.value,
  ])
  return (
    <Loaded asked={asked}>
      {(history) => (
        <>
          <Head history={history} hex={hex} />
          <section class="part">
            <h3>{at.value ? dayAndClock(at.value) : ''}</h3>
            <Now hours={history.hours} />
          </section>
          <Week hours={history.hours} />
        </>
      )}
    </Loaded>
  )
}
