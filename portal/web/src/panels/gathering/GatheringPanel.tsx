/** A gathering: what it is, why, how it went, and whom a warning would reach. */
import { batch, useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { GatheringDetail } from '../../api'
import { t } from '../../i18n'
import { number, rounded } from '../../i18n/numbers'
import { dayAndClock } from '../../i18n/times'
import { flyTo, showSelected } from '../../map/camera'
import { at, lakeVersion, language, ledgerVersion, onMap, status, targets } from '../../state'
import { Fact, Figures } from '../shared/Figures'
import { Level, LevelWithGloss } from '../shared/Level'
import { Loaded } from '../shared/Loaded'
import { Notice } from '../shared/Notice'
import { Places } from '../shared/Places'
import { showHour } from '../shared/showHour'
import { useAsked } from '../shared/useAsked'
import { markRead } from '../sidebar/read'
import { askGathering, firstHourOf, hoursOf } from './ask'
import { Course } from './Course'
import { Events } from './Events'
import { GroundWeek } from './GroundWeek'
import { Targets } from './Targets'
import { WarningsOn } from './WarningsOn'

const PAUSE_ms = 200

const Head = ({ gathering }: { gathering: GatheringDetail }) => {
  const { level, places, gathering_id, state, started_at, interval_start } = gathering
  const isNow = interval_start === status.value?.newest_hour
  return (
    <header class="details__head">
      <h2>{t('gathering.title', { place: places[0]?.name ?? gathering_id })}</h2>
      <Places places={places.slice(1)} />
      <p class="details__level">{isNow ? <LevelWithGloss level={level} /> : <Level level={level} />}</p>
      <p class="quiet">
        {t(`state.${state}`)}, {t('list.since', { at: dayAndClock(started_at) })}
      </p>
      <p>
        {t(`meaning.${level}`)} {isNow && level !== 'normal' && t(`to_do.${level}`)}
      </p>
    </header>
  )
}

const Why = ({ gathering: { reason, event, place, expected } }: { gathering: GatheringDetail }) => (
  <section class="part">
    <h3>{t('gathering.why')}</h3>
    <p class="reason" lang={language.value}>
      {reason[language.value]}
    </p>
    {event && <p class="quiet">{t('gathering.planned', { event })}</p>}
    {place && <p class="quiet">{t('gathering.place', { place })}</p>}
    {expected !== null && (
      <p class="quiet">
        {t('figure.expected')}: {number(expected)}
      </p>
    )}
  </section>
)

const Peak = ({ peak_people, peak_at }: GatheringDetail) =>
  peak_people !== null && peak_at ? (
    <Fact name={t('figure.peak')}>
      <button
        type="button"
        class="link-button"
        onClick={() => showHour(peak_at)}
        title={t('gathering.show_peak')}
      >
        {t('figure.peak_at', { people: rounded(peak_people), at: dayAndClock(peak_at) })}
      </button>
    </Fact>
  ) : null

const Hour = ({ gathering }: { gathering: GatheringDetail }) => (
  <section class="part">
    <h3>
      {t('gathering.figures')}, {dayAndClock(gathering.interval_start)}
    </h3>
    {gathering.interval_start !== at.value && (
      <Notice tone="info">{t('gathering.other_hour', { at: dayAndClock(gathering.interval_start) })}</Notice>
    )}
    <Figures known={gathering}>
      <Fact name={t('figure.area')}>{t('hexagon.area_km2', { area: number(gathering.area_km2, 2) })}</Fact>
      <Peak {...gathering} />
    </Figures>
  </section>
)

type WholeProps = { gathering: GatheringDetail; isOld: boolean }

const Whole = ({ gathering, isOld }: WholeProps) => {
  useEffect(() => {
    const { gathering_id, interval_start, outline } = gathering
    batch(() => {
      targets.value = gathering.targets
      // Where the answer for another hour fails, these cells are those of their own hour alone.
      const hours = isOld ? [interval_start] : hoursOf(gathering)
      onMap.value = { of: `gathering ${gathering_id}`, ground: outline, hours: new Set(hours) }
    })
  }, [gathering, isOld])
  return (
    <>
      <Head gathering={gathering} />
      <button
        type="button"
        class="button"
        onClick={() => showSelected() || flyTo(gathering.lon, gathering.lat)}
      >
        {t('gathering.fly')}
      </button>
      <WarningsOn gathering={gathering} />
      <Why gathering={gathering} />
      <Hour gathering={gathering} />
      <Course gathering={gathering} />
      <Targets cells={gathering.targets} figures={gathering.figures} />
      <GroundWeek hexes={gathering.hexes} />
      <Events events={gathering.events} />
    </>
  )
}

export const GatheringPanel = ({ id }: { id: string }) => {
  const began = useSignal<string | null>(null)
  const asked = useAsked(
    (signal) => askGathering(id, at.value, began.value, signal),
    [id, at.value, lakeVersion.value, ledgerVersion.value],
    PAUSE_ms,
  )
  const gathering = asked.value.value
  const level = gathering?.highest_level
  useEffect(() => {
    if (!gathering) return
    began.value = firstHourOf(gathering)
    markRead(gathering)
  }, [id, level])
  const isOld = asked.error.value !== null
  return <Loaded asked={asked}>{(known) => <Whole gathering={known} isOld={isOld} />}</Loaded>
}
