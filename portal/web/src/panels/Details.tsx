/** What is selected, in full. */
import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { t } from '../i18n'
import { cellEdit, footprintOf, nameOf, onMap, type Selection, selection, targets } from '../state'
import { AreaPanel } from './area/AreaPanel'
import { GatheringPanel } from './gathering/GatheringPanel'
import { HexagonPanel } from './hexagon/HexagonPanel'
import { CrossIcon } from './shared/icons'
import { WarningPanel } from './warning/WarningPanel'

const panelOf = (chosen: Selection): ComponentChildren => {
  if (chosen.kind === 'hexagon') return <HexagonPanel key={chosen.hex} hex={chosen.hex} />
  if (chosen.kind === 'gathering') return <GatheringPanel key={chosen.id} id={chosen.id} />
  if (chosen.kind === 'warning') return <WarningPanel key={chosen.id} id={chosen.id} />
  return <AreaPanel key={chosen.code} code={chosen.code} />
}

/** What one selection put on the map goes with it. */
const clearMap = () => {
  targets.value = []
  onMap.value = null
  footprintOf.value = null
  cellEdit.value = null
}

/** Back to where it was opened from, or to the lists. */
const close = () => {
  selection.value = null
  document.querySelector<HTMLElement>('.side .item[tabindex="0"], .side .tab[aria-selected="true"]')?.focus()
}

/** On a phone the details lie over the list: a focus that is hidden goes with what covers it. */
const useFocus = (name: string | null) => {
  const box = useRef<HTMLElement>(null)
  useEffect(() => {
    box.current?.scrollTo({ top: 0 })
    if (!document.activeElement?.checkVisibility({ visibilityProperty: true })) box.current?.focus()
  }, [name])
  return box
}

export const Details = () => {
  const chosen = selection.value
  const name = chosen && nameOf(chosen)
  const box = useFocus(name)
  useEffect(() => clearMap, [name])
  if (!chosen) return null
  return (
    <section ref={box} class="details" tabIndex={-1} aria-label={t('details.label')}>
      <div class="details__top">
        <span class="quiet">{t(`details.${chosen.kind}`)}</span>
        <button
          type="button"
          class="icon-button details__close"
          aria-label={t('details.close')}
          onClick={close}
        >
          <CrossIcon />
        </button>
      </div>
      {panelOf(chosen)}
    </section>
  )
}
