/** The hour on the map in words, and a field for any other day. */
import { t } from '../i18n'
import { clock, localHour, shortDay } from '../i18n/times'
import { at, status } from '../state'
import { goTo } from './go'
import { dayOf, instantOf } from './zones'

const instant = (milliseconds: number) => new Date(milliseconds).toISOString().replace('.000Z', 'Z')

/** The same hour of the clock on another day. */
export const sameHourOn = (day: string, hour: string, timeZone: string) =>
  instant(instantOf(day, localHour(hour), timeZone))

export const DayChooser = () => {
  const [hour, its] = [at.value, status.value]
  if (!hour || !its) return null
  const { timezone, oldest_hour, newest_hour } = its
  return (
    <div class="time-bar__now">
      <label>
        <span class="for-readers">{t('bar.date')}</span>
        <input
          type="date"
          value={dayOf(hour, timezone)}
          min={oldest_hour ? dayOf(oldest_hour, timezone) : undefined}
          max={newest_hour ? dayOf(newest_hour, timezone) : undefined}
          onChange={({ currentTarget: { value } }) => {
            if (value) goTo(sameHourOn(value, hour, timezone))
          }}
        />
      </label>
      <span class="time-bar__day">{shortDay(hour)}</span>
      <strong class="time-bar__clock">{clock(hour)}</strong>
    </div>
  )
}
