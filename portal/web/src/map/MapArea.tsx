/** The map of the page: one pane, or two while hours are compared, and what lies on it. */
import 'maplibre-gl/dist/maplibre-gl.css'
import { useComputed } from '@preact/signals'
import { useLayoutEffect, useState } from 'preact/hooks'
import { t } from '../i18n'
import { fullTime } from '../i18n/times'
import { at, compare, measure, view } from '../state'
import { Attribution } from './Attribution'
import { Buttons } from './Buttons'
import { followSelection } from './follow_selection'
import { followData, followFit, followGround, followLake, openOnData } from './held'
import { Legend } from './Legend'
import { followAll } from './loaded'
import { Notices } from './Notices'
import { PaneView } from './PaneView'
import { Readout } from './Readout'
import { Swipe } from './Swipe'
import { isFittedByLink, leadMap, outlines, outlinesBeside, shown, shownBeside } from './state'

const useFollowing = () => {
  // Before the map says where it looks.
  const [isFree] = useState(() => view.peek() === null)
  useLayoutEffect(() => {
    const ends = [
      followData(),
      isFree ? openOnData() : () => undefined,
      followGround(),
      followLake(),
      followFit(isFittedByLink()),
      followAll(),
      followSelection(),
    ]
    return () => {
      for (const end of ends) end()
    }
  }, [])
}

const Summary = () => (
  <div class="for-readers">
    <p id="map-how">{t('map.how')}</p>
    <p id="map-summary">
      {at.value &&
        t('map.summary', {
          measure: t(`measure.${measure.value}`),
          time: fullTime(at.value),
          hexagons: shown.value?.hex.length ?? 0,
          gatherings: outlines.value.features.length,
        })}
    </p>
  </div>
)

const MapArea = () => {
  useFollowing()
  const besideAt = useComputed(() => compare.value?.at ?? null)
  return (
    <div class="map-area" data-compare={compare.value?.how ?? 'none'}>
      <Summary />
      <PaneView at={at} hour={shown} outlines={outlines} isLead />
      {compare.value && leadMap.value && (
        <PaneView key="beside" at={besideAt} hour={shownBeside} outlines={outlinesBeside} isLead={false} />
      )}
      <Swipe />
      <Notices />
      <Readout />
      <Buttons />
      <Legend />
      <Attribution />
    </div>
  )
}

export default MapArea
