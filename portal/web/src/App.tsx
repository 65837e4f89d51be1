/** The page: a map that fills it, lists to the left, details to the right, the time below. */
import { signal } from '@preact/signals'
import { useEffect, useRef, useState } from 'preact/hooks'
import { startHistory } from './history'
import { t } from './i18n'
import { Downloads, MapComing } from './map'
import { Details, Header, Sidebar } from './panels'
import { selection } from './state'
import { TimeBar } from './time'

/** On a phone both panels share one sheet at the bottom; how far it is open. */
const SIZES = ['low', 'half', 'high'] as const
const size = signal<(typeof SIZES)[number]>('low')

const resize = (step: 1 | -1) => {
  const next = SIZES[SIZES.indexOf(size.value) + step]
  if (next) size.value = next
}

/** Whoever touches a list in the low sheet wants to read it. */
const useOpening = () => {
  const sheet = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const open = ({ target }: Event) => {
      if (size.value === 'low' && (target as Element).closest('.side, .details')) size.value = 'half'
    }
    sheet.current?.addEventListener('click', open)
    return () => sheet.current?.removeEventListener('click', open)
  }, [])
  return sheet
}

const SheetGrip = () => (
  <div class="sheet-grip">
    <button
      type="button"
      disabled={size.value === 'high'}
      aria-label={t('layout.sheet_more')}
      onClick={() => resize(1)}
    >
      <svg viewBox="0 0 24 24" aria-hidden="true" focusable="false">
        <path d="M6 15l6-6 6 6" />
      </svg>
    </button>
    <span aria-hidden="true" />
    <button
      type="button"
      disabled={size.value === 'low'}
      aria-label={t('layout.sheet_less')}
      onClick={() => resize(-1)}
    >
      <svg viewBox="0 0 24 24" aria-hidden="true" focusable="false">
        <path d="M6 9l6 6 6-6" />
      </svg>
    </button>
  </div>
)

export const App = () => {
  // Before anything is drawn: the map opens where the address says.
  const [end] = useState(startHistory)
  const sheet = useOpening()
  useEffect(() => end, [end])
  useEffect(() => {
    if (selection.value && size.value === 'low') size.value = 'half'
  }, [selection.value])
  return (
    <div class="page" data-details={selection.value !== null} data-sheet={size.value}>
      <button type="button" class="skip" onClick={skipToMap}>
        {t('layout.skip')}
      </button>
      <Header>
        <Downloads />
      </Header>
      <main class="page__main">
        <MapComing />
        <TimeBar />
      </main>
      <div class="sheet" ref={sheet}>
        <SheetGrip />
        <Sidebar />
        <Details />
      </div>
    </div>
  )
}

/** No link: the address after the # says what is seen. */
const skipToMap = () => {
  document.querySelector<HTMLElement>('.pane[data-lead=true] canvas')?.focus()
}
