/** People to the left, days or hours below. */
import { LOCALES } from '../i18n/fill'
import { numberFormat } from '../i18n/formats'
import { bareClock, localHour, shortDay, weekday } from '../i18n/times'
import { language } from '../state'
import { HEIGHT_px, MARGIN, type Paper } from './paper'

const SHORT_h = 36
const NARROWEST_DAY_px = 62

const compact = (value: number) =>
  numberFormat(LOCALES[language.value], { notation: 'compact', maximumFractionDigits: 1 }).format(value)

const dayOf = (at: string, day_px: number) => (day_px < NARROWEST_DAY_px ? weekday(at) : shortDay(at))

/** Midnights of a week, or every few hours of a shorter time. */
const timesOf = ({ hours, x }: Paper) => {
  const places = hours.map((hour, at) => ({ at, hour: localHour(hour.at), time: hour.at }))
  if (hours.length <= SHORT_h) {
    const every = Math.ceil(hours.length / 6)
    return places
      .filter(({ at }) => at % every === 0)
      .map((each) => ({ ...each, text: bareClock(each.time) }))
  }
  const day_px = x(24) - x(0)
  return places.filter(({ hour }) => hour === 0).map((each) => ({ ...each, text: dayOf(each.time, day_px) }))
}

export const Axes = ({ paper }: { paper: Paper }) => {
  const { x, y, ticks, width, hours } = paper
  const isShort = hours.length <= SHORT_h
  const bottom = HEIGHT_px - MARGIN.bottom
  return (
    <g class="chart__axes">
      {ticks.map((tick) => (
        <g key={tick}>
          <line x1={MARGIN.left} x2={width - MARGIN.right} y1={y(tick)} y2={y(tick)} />
          <text x={MARGIN.left - 6} y={y(tick) + 4} text-anchor="end">
            {compact(tick)}
          </text>
        </g>
      ))}
      {timesOf(paper).map(({ at, text }) => {
        const left = isShort ? x(at) : x(at - 0.5)
        const isCut = !isShort && left + NARROWEST_DAY_px / 2 > width
        return (
          <g key={at}>
            {!isShort && <line class="chart__day" x1={left} x2={left} y1={MARGIN.top} y2={bottom} />}
            {!isCut && (
              <text
                x={isShort ? left : left + 3}
                y={HEIGHT_px - 7}
                text-anchor={isShort ? 'middle' : 'start'}
              >
                {text}
              </text>
            )}
          </g>
        )
      })}
    </g>
  )
}
