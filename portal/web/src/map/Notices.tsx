/** Why the map shows nothing, or not yet. */
import { t } from '../i18n'
import { at, status } from '../state'
import { isLoading, problem, shown } from './state'

const reason = () => {
  if (problem.value) return problem.value
  if (status.value && !status.value.box) return t('map.no_box')
  if (isLoading.value) return shown.value ? null : t('map.loading')
  return at.value && shown.value?.at === at.value && shown.value.hex.length === 0 ? t('map.no_hour') : null
}

export const Notices = () => {
  const its = reason()
  return (
    <div class="map-notice" role="status">
      {its && <p>{its}</p>}
    </div>
  )
}
