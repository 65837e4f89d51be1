/** The map's place while the map itself is loaded: lists and time stand already. */
import { lazy, Suspense } from 'preact/compat'
import { t } from '../i18n'

/** Its files come with the page; they are run, which takes a moment, when the lists have asked for theirs. */
const MapArea = lazy(() => import('./MapArea'))

const Placeholder = () => (
  <div class="map-area">
    <div class="map-notice" role="status">
      <p>{t('map.loading')}</p>
    </div>
  </div>
)

export const MapComing = () => (
  <Suspense fallback={<Placeholder />}>
    <MapArea />
  </Suspense>
)
