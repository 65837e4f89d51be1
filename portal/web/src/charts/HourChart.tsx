/** People by the hour with their range and the usual; walked with the arrow keys, read out hour by hour. */
import { useSignal } from '@preact/signals'
import { useRef } from 'preact/hooks'
import { t } from '../i18n'
import { dayAndClock } from '../i18n/times'
import { Drawing } from './Drawing'
import { HourTable } from './HourTable'
import type { ChartHour } from './hours'
import { Legend } from './Legend'
import { hourInWords } from './say'
import { useWidth } from './useWidth'

type Props = { label: string; hours: ChartHour[]; shown: string | null; onPick: (at: string) => void }

const DAY_h = 24
const STEPS: Record<string, number> = {
  ArrowLeft: -1,
  ArrowDown: -1,
  ArrowRight: 1,
  ArrowUp: 1,
  PageDown: -DAY_h,
  PageUp: DAY_h,
  Home: -Number.MAX_SAFE_INTEGER,
  End: Number.MAX_SAFE_INTEGER,
}

export const HourChart = ({ label, hours, shown, onPick }: Props) => {
  const box = useRef<HTMLDivElement>(null)
  const width = useWidth(box)
  const walked = useSignal<number | null>(null)
  const isTable = useSignal(false)
  const last = hours.length - 1
  const shownAt = hours.findIndex((hour) => hour.at === shown)
  const here = Math.min(walked.value ?? (shownAt < 0 ? last : shownAt), last)
  const walk = (event: KeyboardEvent) => {
    if (event.key === 'Enter' || event.key === ' ') onPick(hours[here].at)
    else if (event.key in STEPS) walked.value = Math.min(Math.max(here + STEPS[event.key], 0), last)
    else return
    event.preventDefault()
  }
  if (!hours.some((hour) => hour.people !== null || hour.is_withheld))
    return <p class="empty">{t('chart.empty')}</p>
  return (
    <figure class="chart">
      <div
        ref={box}
        class="chart__paper"
        role="slider"
        tabIndex={0}
        aria-label={`${label}. ${t('chart.how')}`}
        aria-valuemin={0}
        aria-valuemax={last}
        aria-valuenow={here}
        aria-valuetext={hourInWords(hours[here])}
        onKeyDown={walk}
      >
        <Drawing
          hours={hours}
          width={width.value}
          shown={shownAt}
          here={walked.value}
          onPoint={(at) => {
            walked.value = at
          }}
          onPick={(at) => onPick(hours[at].at)}
        />
      </div>
      <p class="chart__say" aria-hidden="true">
        {hourInWords(hours[here])}
      </p>
      <figcaption>
        <Legend hours={hours} />
      </figcaption>
      {walked.value !== null && here !== shownAt && (
        <button type="button" class="link-button" onClick={() => onPick(hours[here].at)}>
          {t('chart.show_hour', { time: dayAndClock(hours[here].at) })}
        </button>
      )}
      <details
        class="chart__table"
        onToggle={(event) => {
          isTable.value = event.currentTarget.open
        }}
      >
        <summary>{t('chart.as_table')}</summary>
        {isTable.value && <HourTable label={label} hours={hours} />}
      </details>
    </figure>
  )
}
