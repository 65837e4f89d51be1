/** What the colours and lines on the map mean. */
import { computed, signal } from '@preact/signals'
import { t } from '../i18n'
import { announcement, cellEdit, footprintOf, hours, measure, status, targetsNow, theme } from '../state'
import { shortBoundText } from './bounds'
import { colours, NO_FIGURE } from './colours'
import { fitTo } from './held'
import { LEVELS, LINES, LOOKS } from './look'
import { breaks, outlines, shown } from './state'

const isOpen = signal(!matchMedia('(max-width: 700px)').matches)

const Scale = () => {
  const bounds = breaks.value
  const its = colours(measure.value, bounds.length + 1, theme.value)
  return (
    <ul class="scale" aria-label={t(`legend.${measure.value}`)}>
      {its.map((colour, i) => (
        <li key={colour} class="scale__class">
          <span class="scale__colour" style={{ background: colour }} />
          <span class="scale__bound">
            {i === 0 ? (measure.value === 'density' ? '0' : '') : shortBoundText(bounds[i - 1])}
            {i === its.length - 1 && i > 0 && '+'}
          </span>
        </li>
      ))}
    </ul>
  )
}

const LevelLine = ({ level }: { level: (typeof LEVELS)[number] }) => {
  const { dashes, width } = LINES[level]
  return (
    <svg class="legend__line" viewBox="0 0 36 12" aria-hidden="true" focusable="false">
      <path
        d="M1 6h34"
        stroke={LOOKS[theme.value].levels[level]}
        stroke-width={width}
        stroke-dasharray={dashes?.map((part) => part * width).join(' ')}
      />
    </svg>
  )
}

const Gatherings = () => {
  const present = LEVELS.filter((level) =>
    outlines.value.features.some(({ properties }) => properties.level === level),
  )
  return (
    <>
      {present.toReversed().map((level) => (
        <li key={level}>
          <LevelLine level={level} />
          {t(`level.${level}`)}
        </li>
      ))}
    </>
  )
}

/** What tells the kinds of cells apart without colour, as on the map: a strike, a ring, an outline. */
const SECTOR = 'M8 15L2 4q6-4 12 0z'
const HEXAGON = 'M8 1L14 4.5v7L8 15 2 11.5v-7z'
const SIGNS = {
  kept: '',
  ground: '',
  off: 'M2 13L14 3',
  added: 'M8 15.5a2 2 0 1 0-.01 0z',
  free: SECTOR,
}

const Cells = () => {
  const look = LOOKS[theme.value]
  const rows: [kind: keyof typeof SIGNS, colour: string, words: string][] = []
  if (targetsNow.value.length > 0) rows.push(['kept', look.target, t('legend.targets')])
  if (cellEdit.value)
    rows.push(
      ['off', look.cell, t('legend.taken_off')],
      ['added', look.added, t('legend.added')],
      ['free', look.cell, t('legend.free')],
    )
  if (footprintOf.value)
    rows.push(['ground', look.footprint, t('legend.footprint', { cell: footprintOf.value.cell_id })])
  return (
    <>
      {rows.map(([kind, colour, words]) => (
        <li key={words}>
          <svg class="legend__sector" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
            <path d={kind === 'ground' ? HEXAGON : SECTOR} fill={colour} />
            <path d={SIGNS[kind]} fill="none" stroke={kind === 'off' ? look.levels.awas : look.cellLine} />
          </svg>
          {words}
        </li>
      ))}
    </>
  )
}

/** Whether the hour has hexagons whose usual number is not known. */
const hasUnknown = computed(() => shown.value?.baseline.some(Number.isNaN) ?? false)

const Notes = () => {
  const hour = hours.value.find(({ at }) => at === shown.value?.at)
  return (
    <ul class="legend__notes">
      <Gatherings />
      <Cells />
      {measure.value !== 'density' && hasUnknown.value && (
        <li>
          <span class="legend__swatch" style={{ background: NO_FIGURE[theme.value] }} />
          {t('legend.no_figure')}
        </li>
      )}
      {hour?.is_partial && (
        <li>
          <span class="legend__swatch legend__swatch--hatched" />
          {t('legend.uncovered')}
        </li>
      )}
      {hour && hour.withheld > 0 && (
        <li title={t('legend.withheld_now', { hexagons: hour.withheld })}>
          <span class="legend__swatch legend__swatch--blank" />
          {t('legend.withheld', { k: status.value?.k ?? 0 })}
        </li>
      )}
    </ul>
  )
}

/** Whether fitting the classes just now changed none of them. */
const wasFitting = signal(false)
const SAID_MS = 3000

const refit = () => {
  const [hour, before] = [shown.peek(), JSON.stringify(breaks.peek())]
  if (!hour) return
  fitTo(hour)
  wasFitting.value = JSON.stringify(breaks.peek()) === before
  if (!wasFitting.value) return
  announcement.value = t('legend.refit_same')
  setTimeout(() => {
    wasFitting.value = false
  }, SAID_MS)
}

export const Legend = () => (
  <section class="legend" aria-label={t('legend.label')}>
    <div class="legend__head">
      <h2>{t(`legend.${measure.value}`)}</h2>
      <button
        type="button"
        class="legend__fold"
        aria-expanded={isOpen.value}
        aria-label={t(isOpen.value ? 'legend.hide' : 'legend.show')}
        onClick={() => {
          isOpen.value = !isOpen.value
        }}
      />
    </div>
    {breaks.value.length > 0 && <Scale />}
    {isOpen.value && <Notes />}
    {isOpen.value && measure.value !== 'change' && (
      <button type="button" class="legend__refit" title={t('legend.refit_hint')} onClick={refit}>
        {t(wasFitting.value ? 'legend.refit_same' : 'legend.refit')}
      </button>
    )}
  </section>
)
