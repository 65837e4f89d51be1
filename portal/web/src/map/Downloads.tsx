/** What is seen, as files. */
import { useSignal } from '@preact/signals'
import { lazy, Suspense } from 'preact/compat'
import { address } from '../api'
import { t } from '../i18n'
import { Menu } from '../panels/shared/Menu'
import { announcement, at, box, filters, selection, status } from '../state'
import { week } from '../time/week'
import { savePicture } from './picture'
import { shownGround } from './state'

const ReportDialog = lazy(() => import('../report/ReportDialog'))

const FORMATS = ['csv', 'geojson', 'parquet'] as const
type Asked = Record<string, string | number | null | undefined>
type What = 'density' | 'gatherings' | 'targets'

const density = (): Asked => ({
  at: at.value,
  box: box.value?.map((side) => side.toFixed(4)).join(','),
  resolution: shownGround.value?.resolution ?? status.value?.finest_resolution,
})
const gatherings = (): Asked => ({
  start: week.value?.start,
  end: week.value?.end,
  area: filters.value.area,
  level: filters.value.levels.join(','),
})

const Links = ({ what, query }: { what: What; query: Asked }) => (
  <div class="downloads__row">
    <p>{t(`download.${what}`)}</p>
    {FORMATS.map((format) => (
      <a
        key={format}
        class="choice"
        download
        href={address(`/downloads/${what}`, { ...query, format })}
        aria-label={t('download.as', { what: t(`download.${what}`), format })}
      >
        {format}
      </a>
    ))}
  </div>
)

const picture = async () => {
  await savePicture()
  announcement.value = t('download.picture_done')
}

const Icon = () => (
  <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
    <path d="M12 4v11M7 11l5 5 5-5M5 20h14" />
  </svg>
)

export const Downloads = () => {
  const isReporting = useSignal(false)
  const gathering = selection.value?.kind === 'gathering' ? selection.value.id : null
  return (
    <div class="downloads">
      <Menu label={t('download.label')} icon={<Icon />}>
        <Links what="density" query={density()} />
        <Links what="gatherings" query={gatherings()} />
        {gathering && <Links what="targets" query={{ at: at.value, gathering }} />}
        <div class="downloads__row">
          <p>{t('download.picture')}</p>
          <button type="button" class="choice" onClick={picture}>
            png
          </button>
        </div>
        <button type="button" class="menu__entry" onClick={() => (isReporting.value = true)}>
          {t('report.title')}…
        </button>
      </Menu>
      {isReporting.value && (
        <Suspense fallback={null}>
          <ReportDialog onClose={() => (isReporting.value = false)} />
        </Suspense>
      )}
    </div>
  )
}
