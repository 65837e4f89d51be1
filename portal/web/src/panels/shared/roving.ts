/** One stop for Tab in a list, and arrows within it. */
const STEPS = {
  row: { ArrowLeft: -1, ArrowRight: 1 },
  column: { ArrowUp: -1, ArrowDown: 1 },
} as const

/** Where a key leads from a place in a list; null where it is none of the keys that move. */
export const placeAfter = (key: string, place: number, length: number, way: 'row' | 'column') => {
  if (key === 'Home') return 0
  if (key === 'End') return length - 1
  const step = (STEPS[way] as Record<string, number>)[key]
  return step === undefined ? null : (place + step + length) % length
}

export const moveFocus = (event: KeyboardEvent, items: string, way: 'row' | 'column') => {
  const all = [...(event.currentTarget as HTMLElement).querySelectorAll<HTMLElement>(items)]
  const here = all.indexOf(document.activeElement as HTMLElement)
  const next = here < 0 ? null : placeAfter(event.key, here, all.length, way)
  if (next === null) return
  event.preventDefault()
  all[next].focus()
}
