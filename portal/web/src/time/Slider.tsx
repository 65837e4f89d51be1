/** A week of hours to walk along: a field of the browser's own, drawn over marks of what each hour holds. */
import { computed } from '@preact/signals'
import { t } from '../i18n'
import { localHour, shortDay } from '../i18n/times'
import { at, compare, hours } from '../state'
import { goBy, goTo } from './go'
import { type Mark, markInWords, marksOf, stretches } from './marks'
import { playing } from './play'
import { hoursOf, week } from './week'

const marks = computed(() => (week.value ? marksOf(hoursOf(week.value), hours.value) : []))
const DAY_STEPS: Record<string, number> = { ArrowLeft: -24, ArrowDown: -24, ArrowRight: 24, ArrowUp: 24 }
/** Levels differ in height too. */
const HEIGHTS = { waspada: 8, siaga: 14, awas: 20 }
const GROUND = 24

const onKeyDown = (event: KeyboardEvent) => {
  if (event.key === ' ') playing.value = !playing.value
  else if (event.shiftKey && event.key in DAY_STEPS) goBy(DAY_STEPS[event.key])
  else return
  event.preventDefault()
}

/** Where not all names of days fit, every second one stays: that of the day on the map among them. */
const Days = ({ all }: { all: Mark[] }) => {
  const midnights = all.map((_, i) => i).filter((i) => localHour(all[i].at) === 0)
  const today = midnights.findLastIndex((i) => all[i].at <= (at.value ?? ''))
  return (
    <>
      {midnights.map((i, day) => (
        <span
          key={all[i].at}
          class={`slider__day ${(day - today) % 2 === 0 ? '' : 'slider__day--between'}`}
          data-end={i + 24 >= all.length}
          style={{ left: `${(i / all.length) * 100}%` }}
        >
          {shortDay(all[i].at)}
        </span>
      ))}
    </>
  )
}

const Hours = ({ all }: { all: Mark[] }) => (
  <svg class="slider__marks" viewBox={`0 0 ${all.length} 30`} preserveAspectRatio="none" aria-hidden="true">
    {stretches(all).map(({ kind, from, to }) => (
      <rect key={from} class={`slider__${kind}`} x={from} width={to - from} y={GROUND} height={4} />
    ))}
    {all.map(({ at: hour, level }, i) =>
      level ? (
        <rect
          key={hour}
          class={`slider__level slider__level--${level}`}
          x={i + 0.08}
          width={0.84}
          y={GROUND - 1.5 - HEIGHTS[level]}
          height={HEIGHTS[level]}
        />
      ) : null,
    )}
    {all.map(({ at: hour }, i) =>
      localHour(hour) === 0 ? (
        <line key={hour} class="slider__midnight" x1={i} x2={i} y1={0} y2={30} />
      ) : null,
    )}
  </svg>
)

const Pin = ({ all, hour, kind }: { all: Mark[]; hour: string; kind: 'now' | 'beside' }) => {
  const place = all.findIndex((each) => each.at === hour)
  if (place < 0) return null
  return (
    <span
      class={`slider__pin slider__pin--${kind}`}
      style={{ left: `${((place + 0.5) / all.length) * 100}%` }}
    />
  )
}

export const Slider = () => {
  const all = marks.value
  const place = all.findIndex((each) => each.at === at.value)
  if (place < 0 || !at.value) return <div class="slider" />
  return (
    <div class="slider">
      <Hours all={all} />
      <Days all={all} />
      {compare.value && <Pin all={all} hour={compare.value.at} kind="beside" />}
      <Pin all={all} hour={at.value} kind="now" />
      <input
        type="range"
        class="slider__input"
        min={0}
        max={all.length - 1}
        value={place}
        aria-label={t('bar.slider')}
        aria-valuetext={markInWords(all[place])}
        aria-describedby="slider-how"
        onInput={({ currentTarget }) => {
          goTo(all[Number(currentTarget.value)].at)
          currentTarget.value = String(all.findIndex((each) => each.at === at.peek()))
        }}
        onKeyDown={onKeyDown}
      />
      <p class="for-readers" id="slider-how">
        {t('bar.how')}
      </p>
    </div>
  )
}
