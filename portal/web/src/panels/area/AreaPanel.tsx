/** An area: where it lies, and its gatherings. */
import { type AreaDetail, get } from '../../api'
import { t, tOr } from '../../i18n'
import { flyToBox } from '../../map/camera'
import { filters } from '../../state'
import { Loaded } from '../shared/Loaded'
import { Places } from '../shared/Places'
import { useAsked } from '../shared/useAsked'
import { sideTab } from '../sidebar/tab'

const onlyHere = (code: string) => {
  filters.value = { ...filters.value, area: code }
  sideTab.value = 'gatherings'
}

const Area = ({ properties: { code, name, level, places, box } }: AreaDetail) => (
  <>
    <header class="details__head">
      <h2>{name}</h2>
      <p class="quiet">
        {tOr(`place.${level}`, level)} · <code>{code}</code>
      </p>
      <Places places={places.filter((place) => place.code !== code)} />
    </header>
    <div class="row">
      {filters.value.area === code ? (
        <button
          type="button"
          class="button"
          onClick={() => {
            filters.value = { ...filters.value, area: null }
          }}
        >
          {t('list.area_clear')}
        </button>
      ) : (
        <button type="button" class="button button--primary" onClick={() => onlyHere(code)}>
          {t('area.only')}
        </button>
      )}
      <button type="button" class="button" onClick={() => flyToBox(box)}>
        {t('gathering.fly')}
      </button>
    </div>
  </>
)

export const AreaPanel = ({ code }: { code: string }) => {
  const asked = useAsked(
    (signal) => get<AreaDetail>(`/areas/${encodeURIComponent(code)}`, {}, signal),
    [code],
  )
  return <Loaded asked={asked}>{(area) => <Area {...area} />}</Loaded>
}
