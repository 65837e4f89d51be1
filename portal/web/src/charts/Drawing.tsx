/** The drawing itself: bands, lines, gaps, days and the marks of two hours. */
import { useId } from 'preact/hooks'
import { Axes } from './Axes'
import { type ChartHour, kindOf, runsOf } from './hours'
import { HEIGHT_px, MARGIN, type Paper, paperOf } from './paper'
import { bandPath, linePath } from './paths'

type Props = {
  hours: ChartHour[]
  width: number
  /** Places of the hour on the map and of the one that is walked to; -1 and null: none. */
  shown: number
  here: number | null
  onPoint: (at: number | null) => void
  onPick: (at: number) => void
}
const Gaps = ({ paper, kind, fill }: { paper: Paper; kind: 'withheld' | 'missing'; fill?: string }) => (
  <g class={`chart__gap chart__gap--${kind}`} fill={fill}>
    {runsOf(paper.hours, (hour) => kindOf(hour) === kind).map(([first, last]) => (
      <rect
        key={first}
        x={paper.x(first - 0.5)}
        width={paper.x(last + 0.5) - paper.x(first - 0.5)}
        y={MARGIN.top}
        height={HEIGHT_px - MARGIN.top - MARGIN.bottom}
      />
    ))}
  </g>
)

const Curves = ({ paper: { x, y, hours } }: { paper: Paper }) => {
  const or = (value: number | null) => (value === null ? null : y(Math.max(value, 0)))
  const usual = hours.map((hour, at): [number, number | null] => [x(at), or(hour.usual)])
  const people = hours.map((hour, at): [number, number | null] => [x(at), or(hour.people)])
  const band = (low: 'people_low' | 'usual_low', high: 'people_high' | 'usual_high') =>
    bandPath(hours.map((hour, at) => [x(at), or(hour[low]), or(hour[high])]))
  return (
    <>
      <path class="chart__usual-band" d={band('usual_low', 'usual_high')} />
      <path class="chart__usual" d={linePath(usual)} />
      <path class="chart__range" d={band('people_low', 'people_high')} />
      <path class="chart__people" d={linePath(people)} />
    </>
  )
}

const Mark = ({ paper, at, name }: { paper: Paper; at: number; name: 'shown' | 'here' }) => {
  const hour = paper.hours[at]
  return (
    <g class={`chart__mark chart__mark--${name}`}>
      <line x1={paper.x(at)} x2={paper.x(at)} y1={MARGIN.top} y2={HEIGHT_px - MARGIN.bottom} />
      {hour.people !== null && <circle cx={paper.x(at)} cy={paper.y(hour.people)} r="4" />}
    </g>
  )
}

const Levels = ({ paper }: { paper: Paper }) => (
  <g>
    {paper.hours.map((hour, at) =>
      hour.level ? (
        <rect
          key={hour.at}
          class={`chart__level chart__level--${hour.level}`}
          x={paper.x(at - 0.5)}
          width={paper.x(1) - paper.x(0)}
          y={HEIGHT_px - MARGIN.bottom - 4}
          height="4"
        />
      ) : null,
    )}
  </g>
)

export const Drawing = ({ hours, width, shown, here, onPoint, onPick }: Props) => {
  const id = useId()
  const paper = paperOf(hours, width)
  const placeOf = (event: MouseEvent) => {
    const left = (event.currentTarget as SVGElement).getBoundingClientRect().left
    return Math.min(Math.max(Math.round(paper.x.back(event.clientX - left)), 0), hours.length - 1)
  }
  return (
    <svg
      width={width}
      height={HEIGHT_px}
      viewBox={`0 0 ${width} ${HEIGHT_px}`}
      aria-hidden="true"
      focusable="false"
      onPointerMove={(event) => onPoint(placeOf(event))}
      onPointerLeave={() => onPoint(null)}
      onClick={(event) => onPick(placeOf(event))}
    >
      <defs>
        <pattern
          id={`${id}-hatch`}
          width="6"
          height="6"
          patternUnits="userSpaceOnUse"
          patternTransform="rotate(45)"
        >
          <line class="chart__hatch" x1="0" y1="0" x2="0" y2="6" />
        </pattern>
      </defs>
      <Axes paper={paper} />
      <Gaps paper={paper} kind="missing" />
      <Gaps paper={paper} kind="withheld" fill={`url(#${id}-hatch)`} />
      <Curves paper={paper} />
      <Levels paper={paper} />
      {shown >= 0 && <Mark paper={paper} at={shown} name="shown" />}
      {here !== null && here < hours.length && <Mark paper={paper} at={here} name="here" />}
    </svg>
  )
}
