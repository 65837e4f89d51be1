/** Why the map shows nothing, or not yet. */
import { askAgain } from '../again'
import { t } from '../i18n'
import { errorInWords } from '../i18n/said'
import { at, status } from '../state'
import { isBlind, isLoading, problem, shown } from './state'

const reason = () => {
  if (isBlind.value) return t('map.no_webgl')
  if (problem.value) return errorInWords(problem.value)
  if (status.value && !status.value.box) return t('map.no_box')
  if (isLoading.value) return shown.value?.at === at.value ? null : t('map.loading')
  return at.value && shown.value?.at === at.value && shown.value.hex.length === 0 ? t('map.no_hour') : null
}

export const Notices = () => {
  const its = reason()
  const isFailed = !isBlind.value && Boolean(problem.value)
  return (
    <div class="map-notice" role="status">
      {its && (
        <p class={isLoading.value && shown.value ? 'map-notice__late' : ''}>
          {its}
          {isFailed && (
            <button type="button" class="link-button" onClick={askAgain}>
              {t('retry')}
            </button>
          )}
        </p>
      )}
    </div>
  )
}
