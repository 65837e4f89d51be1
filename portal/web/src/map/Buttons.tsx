/** Buttons on the map: zoom, all ground, from gathering to gathering. */
import type { ComponentChildren } from 'preact'
import { t } from '../i18n'
import { cellEdit } from '../state'
import { flyToData, wantsCalm } from './camera'
import { stepGathering } from './gathering_steps'
import { leadMap, outlines } from './state'

type Props = { label: string; act: () => void; isOff?: boolean; children: ComponentChildren }

const MapButton = ({ label, act, isOff, children }: Props) => (
  <button type="button" class="map-button" aria-label={label} title={label} disabled={isOff} onClick={act}>
    <svg viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      {children}
    </svg>
  </button>
)

const zoom = (step: 1 | -1) => {
  const map = leadMap.peek()
  map?.zoomTo(map.getZoom() + step, { animate: !wantsCalm() })
}

export const Buttons = () => (
  <div class="map-buttons">
    <MapButton label={t('map.zoom_in')} act={() => zoom(1)}>
      <path d="M12 5v14M5 12h14" />
    </MapButton>
    <MapButton label={t('map.zoom_out')} act={() => zoom(-1)}>
      <path d="M5 12h14" />
    </MapButton>
    <MapButton label={t('map.fit')} act={flyToData}>
      <path d="M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5" />
    </MapButton>
    <MapButton
      label={t('map.next_gathering')}
      act={() => stepGathering(1)}
      isOff={outlines.value.features.length === 0 || cellEdit.value !== null}
    >
      <path d="M12 3l7.8 4.5v9L12 21l-7.8-4.5v-9zM9.5 8.5l4 3.5-4 3.5" />
    </MapButton>
  </div>
)
