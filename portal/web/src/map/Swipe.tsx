/** Two hours on one ground: the handle between them, and which hour is which. */
import { effect } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { t } from '../i18n'
import { percent } from '../i18n/numbers'
import { dayAndClock } from '../i18n/times'
import { at, compare } from '../state'
import { split } from './split'

const STEP = 0.02
const KEYS: Record<string, (now: number) => number> = {
  ArrowLeft: (now) => now - STEP,
  ArrowRight: (now) => now + STEP,
  PageDown: (now) => now - 5 * STEP,
  PageUp: (now) => now + 5 * STEP,
  Home: () => 0,
  End: () => 1,
}

const moveTo = (share: number) => {
  split.value = Math.min(Math.max(share, 0), 1)
}

const onKeyDown = (event: KeyboardEvent) => {
  const next = KEYS[event.key]
  if (!next) return
  event.preventDefault()
  moveTo(next(split.value))
}

const Handle = () => {
  const handle = useRef<HTMLDivElement>(null)
  // The page's own style sheet cannot know the place of the handle; a property set here it can use.
  useEffect(
    () =>
      effect(() => {
        handle.current?.parentElement?.style.setProperty('--split', `${split.value * 100}%`)
      }),
    [],
  )
  const drag = (event: PointerEvent) => {
    const frame = handle.current?.parentElement?.getBoundingClientRect()
    if (frame && event.buttons > 0) moveTo((event.clientX - frame.left) / frame.width)
  }
  const [left, right] = [at.value, compare.value?.at].map((hour) => (hour ? dayAndClock(hour) : ''))
  return (
    <div
      ref={handle}
      class="swipe"
      role="slider"
      tabIndex={0}
      aria-label={t('compare.handle')}
      aria-orientation="horizontal"
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(split.value * 100)}
      aria-valuetext={t('compare.handle_at', { share: percent(split.value), left, right })}
      onKeyDown={onKeyDown}
      onPointerDown={(event) => handle.current?.setPointerCapture(event.pointerId)}
      onPointerMove={drag}
    />
  )
}

export const Swipe = () => {
  if (!compare.value || !at.value) return null
  return (
    <>
      {compare.value.how === 'swipe' && <Handle />}
      <p class="pane-hour" data-side="left">
        {dayAndClock(at.value)}
      </p>
      <p class="pane-hour" data-side="right">
        {dayAndClock(compare.value.at)}
      </p>
    </>
  )
}
