/** Which hour to compare with, and how. */
import { t } from '../i18n'
import { DAY_MS, laterBy, localHour } from '../i18n/times'
import { Menu } from '../panels/shared/Menu'
import { at, type Compare, compare, status } from '../state'
import { sameHourOn } from './DayChooser'
import { within } from './go'
import { dayOf, instantOf } from './zones'

const EARLIER = { yesterday: DAY_MS, last_week: 7 * DAY_MS } as const
const HOURS = Array.from({ length: 24 }, (_, hour) => hour)

const choose = (hour: string) => {
  const { oldest_hour = null, newest_hour = null } = status.peek() ?? {}
  compare.value = { at: within(hour, oldest_hour, newest_hour), how: compare.value?.how ?? 'swipe' }
}

const Earlier = ({ which }: { which: keyof typeof EARLIER }) => {
  const its = at.value && laterBy(at.value, -EARLIER[which])
  return (
    <button
      type="button"
      class="choice menu__closes"
      aria-pressed={compare.value?.at === its}
      onClick={() => its && choose(its)}
    >
      {t(`compare.${which}`)}
    </button>
  )
}

const Any = () => {
  const { timezone = 'Asia/Jakarta', oldest_hour, newest_hour } = status.value ?? {}
  const its = compare.value?.at ?? at.value
  if (!its) return null
  const onHour = (hour: number) =>
    choose(laterBy(new Date(instantOf(dayOf(its, timezone), hour, timezone)).toISOString(), 0))
  return (
    <fieldset class="compare-any">
      <legend>{t('compare.any')}</legend>
      <label>
        <span class="for-readers">{t('compare.day')}</span>
        <input
          type="date"
          value={dayOf(its, timezone)}
          min={oldest_hour ? dayOf(oldest_hour, timezone) : undefined}
          max={newest_hour ? dayOf(newest_hour, timezone) : undefined}
          onChange={({ currentTarget: { value } }) => value && choose(sameHourOn(value, its, timezone))}
        />
      </label>
      <label>
        <span class="for-readers">{t('compare.hour')}</span>
        <select value={localHour(its)} onChange={({ currentTarget }) => onHour(Number(currentTarget.value))}>
          {HOURS.map((hour) => (
            <option key={hour} value={hour}>
              {String(hour).padStart(2, '0')}
            </option>
          ))}
        </select>
      </label>
    </fieldset>
  )
}

const How = ({ how }: { how: Compare['how'] }) => (
  <button
    type="button"
    class="choice menu__closes"
    aria-pressed={compare.value?.how === how}
    onClick={() => {
      if (compare.value) compare.value = { ...compare.value, how }
    }}
  >
    {t(`compare.${how}`)}
  </button>
)

const Ongoing = () => (
  <>
    <p class="menu__title">{t('compare.how')}</p>
    <How how="swipe" />
    <How how="side" />
    <button
      type="button"
      class="choice choice--stop menu__closes"
      onClick={() => {
        compare.value = null
      }}
    >
      {t('compare.stop')}
    </button>
  </>
)

const Icon = () => (
  <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
    <path d="M12 3v18M4 6h5v12H4zM15 6h5v12h-5z" />
  </svg>
)

export const CompareMenu = () => (
  <div class="compare-menu">
    <Menu label={t('compare.label')} icon={<Icon />}>
      <p class="menu__title">{t('compare.with')}</p>
      <Earlier which="yesterday" />
      <Earlier which="last_week" />
      <Any />
      {compare.value && <Ongoing />}
    </Menu>
  </div>
)
