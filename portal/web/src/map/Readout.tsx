/** The figures of the hexagon that the pointer or the keyboard points at. */
import { t } from '../i18n'
import { dayAndClock } from '../i18n/times'
import { compare, measure } from '../state'
import { hexagonInWords } from './figures'
import { type Pointed, pointed } from './state'

const GAP_PX = 24
const WIDTH_PX = 250

/** Beside what it tells of, on the side where there is room. */
const place = ({ x, y, map }: Pointed) => {
  const canvas = map.getContainer()
  const left = canvas.offsetLeft + x
  const isRight = x + WIDTH_PX + GAP_PX > canvas.clientWidth
  return { left: `${isRight ? left - WIDTH_PX - GAP_PX : left + GAP_PX}px`, top: `${Math.max(y - 20, 8)}px` }
}

export const Readout = () => {
  const its = pointed.value
  const lines = its ? hexagonInWords(its.hour, its.slot, measure.value) : []
  return (
    <>
      {its && (
        <div class="readout" style={place(its)} aria-hidden="true">
          {compare.value && <p class="readout__hour">{dayAndClock(its.hour.at)}</p>}
          {lines.map((line) => (
            <p key={line}>{line}</p>
          ))}
        </div>
      )}
      <p class="for-readers" role="status" aria-label={t('map.label')}>
        {its?.by === 'keyboard' ? lines.join('; ') : ''}
      </p>
    </>
  )
}
