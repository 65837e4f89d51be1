/** The map's place while the map itself is loaded: lists and time stand already. */
import { effect } from '@preact/signals'
import { lazy, Suspense } from 'preact/compat'
import { t } from '../i18n'
import { isListed } from '../state'

/** A list that takes longer than this comes after the map. */
const PATIENCE_MS = 500

const whenListed = () =>
  new Promise<void>((done) => {
    const timer = setTimeout(done, PATIENCE_MS)
    const end = effect(() => {
      if (!isListed.value) return
      clearTimeout(timer)
      done()
      queueMicrotask(() => end())
    })
  })

/** Its files come with the page; running them and starting the graphics card hold everything else up for a moment. */
const MapArea = lazy(async () => {
  await whenListed()
  return import('./MapArea')
})

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
