/** The bar below the map: which hour is shown. */
import { useLayoutEffect } from 'preact/hooks'
import { t } from '../i18n'
import { at, status } from '../state'
import { CompareMenu } from './CompareMenu'
import { DayChooser } from './DayChooser'
import { goBy } from './go'
import { followPlaying, playing, SPEEDS, speed } from './play'
import { Slider } from './Slider'
import { followTime } from './week'

const useFollowing = () =>
  useLayoutEffect(() => {
    const ends = [followTime(), followPlaying()]
    return () => {
      for (const end of ends) end()
    }
  }, [])

const Play = () => (
  <button
    type="button"
    class="bar-button bar-button--play"
    aria-label={t(playing.value ? 'bar.pause' : 'bar.play')}
    title={t(playing.value ? 'bar.pause' : 'bar.play')}
    onClick={() => {
      playing.value = !playing.value
    }}
  >
    <svg viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={playing.value ? 'M7 5h3.5v14H7zM13.5 5H17v14h-3.5z' : 'M8 5l11 7-11 7z'} />
    </svg>
  </button>
)

const Step = ({ hours, label }: { hours: 1 | -1; label: string }) => (
  <button type="button" class="bar-button" aria-label={label} title={label} onClick={() => goBy(hours)}>
    <svg viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path class="stroked" d={hours < 0 ? 'M14.5 6l-6 6 6 6' : 'M9.5 6l6 6-6 6'} />
    </svg>
  </button>
)

const Speed = () => (
  <label class="speed">
    <span class="for-readers">{t('bar.speed')}</span>
    <select
      value={speed.value}
      onChange={({ currentTarget }) => {
        speed.value = Number(currentTarget.value) as (typeof SPEEDS)[number]
      }}
    >
      {SPEEDS.map((each) => (
        <option key={each} value={each}>
          {t('bar.speed_value', { speed: each })}
        </option>
      ))}
    </select>
  </label>
)

const Newest = () => {
  const newest = status.value?.newest_hour
  return (
    <button
      type="button"
      class="bar-button bar-button--words"
      title={t('bar.newest_hint')}
      disabled={!newest || at.value === newest}
      onClick={() => {
        at.value = newest ?? null
      }}
    >
      {t('bar.newest')}
    </button>
  )
}

export const TimeBar = () => {
  useFollowing()
  return (
    <section class="time-bar" aria-label={t('bar.label')}>
      <div class="time-bar__player">
        <Step hours={-1} label={t('bar.hour_before')} />
        <Play />
        <Step hours={1} label={t('bar.hour_after')} />
        <Speed />
      </div>
      <DayChooser />
      <Slider />
      <div class="time-bar__more">
        <Newest />
        <CompareMenu />
      </div>
    </section>
  )
}
