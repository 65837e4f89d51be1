import { t } from '../i18n'
import { status } from '../state'
import { ATTRIBUTIONS } from './basemap'

export const Attribution = () => {
  const of = ATTRIBUTIONS[status.value?.basemap.kind ?? 'builtin']
  return of ? <p class="attribution">{t('map.attribution', { of })}</p> : null
}
