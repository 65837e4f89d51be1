/** Period, order, levels and area of the list. */
import type { ListedGathering } from '../../api'
import { t, tOr } from '../../i18n'
import { dayAndClock } from '../../i18n/times'
import { at, type Filters, filters, type Level } from '../../state'
import { Letter, levelWord } from '../shared/Level'
import { areasOf } from './sort'
import { period_h } from './tab'

const LEVELS: Level[] = ['awas', 'siaga', 'waspada']
const SORTS: Filters['sort'][] = ['unread', 'level', 'people', 'newest']

const change = (what: Partial<Filters>) => {
  filters.value = { ...filters.value, ...what }
}

const toggled = (level: Level) => {
  const { levels } = filters.value
  return levels.includes(level) ? levels.filter((each) => each !== level) : [...levels, level]
}

const Period = () => (
  <fieldset class="switch" title={at.value ? t('list.until', { at: dayAndClock(at.value) }) : ''}>
    <legend class="for-readers">{t('list.period')}</legend>
    {([24, 168] as const).map((each) => (
      <label key={each} class="switch__choice">
        <input
          type="radio"
          name="period"
          checked={period_h.value === each}
          onChange={() => {
            period_h.value = each
          }}
        />
        <span>{t(each === 24 ? 'list.day' : 'list.week')}</span>
      </label>
    ))}
  </fieldset>
)

const Levels = () => (
  <fieldset class="chips">
    <legend class="for-readers">{t('list.levels')}</legend>
    {LEVELS.map((level) => (
      <label key={level} class="chip">
        <input
          type="checkbox"
          checked={filters.value.levels.includes(level)}
          onChange={() => change({ levels: toggled(level) })}
        />
        <span>
          <Letter level={level} />
          {levelWord(level)}
        </span>
      </label>
    ))}
  </fieldset>
)

const Area = ({ all }: { all: ListedGathering[] }) => {
  const areas = areasOf(all)
  const { area } = filters.value
  const isElsewhere = area !== null && !areas.some((each) => each.code === area)
  return (
    <select
      class="input"
      aria-label={t('list.area')}
      value={area ?? ''}
      onChange={(event) => change({ area: event.currentTarget.value || null })}
    >
      <option value="">{t('list.area_all')}</option>
      {isElsewhere && <option value={area}>{area}</option>}
      {areas.map(({ code, name, level }) => (
        <option key={code} value={code}>
          {name} ({tOr(`place.${level}`, level)})
        </option>
      ))}
    </select>
  )
}

const Sort = () => (
  <select
    class="input"
    aria-label={t('list.sort')}
    value={filters.value.sort}
    onChange={(event) => change({ sort: event.currentTarget.value as Filters['sort'] })}
  >
    {SORTS.map((each) => (
      <option key={each} value={each}>
        {t(`sort.${each}`)}
      </option>
    ))}
  </select>
)

export const GatheringFilters = ({ all }: { all: ListedGathering[] }) => (
  <div class="filters">
    <div class="filters__row">
      <Period />
      <Levels />
    </div>
    <div class="filters__row">
      <Sort />
      <Area all={all} />
    </div>
  </div>
)
