/** Keeps the address what is seen, and what is seen the address: after a link, and with back and forward. */
import { batch, effect, type Signal, untracked } from '@preact/signals'
import { fromHash, type Seen, toHash } from './address'
import { split } from './map/split'
import { fitted, leadMap, placedByAddress } from './map/state'
import { at, compare, filters, language, measure, selection, theme, view } from './state'

const WAIT_MS = 250

const seen = (): Seen => ({
  at: at.value,
  compare: compare.value,
  measure: measure.value,
  view: view.value,
  selection: selection.value,
  filters: filters.value,
  language: language.value,
  theme: theme.value,
  classes: fitted.value,
  split: split.value,
})

const take = <T>(into: Signal<T>, value: T | undefined) => {
  if (value !== undefined && JSON.stringify(value) !== JSON.stringify(into.peek())) into.value = value
}

const restore = (said: Partial<Seen>) =>
  batch(() => {
    take(at, said.at)
    take(compare, said.compare)
    take(measure, said.measure)
    take(view, said.view)
    placedByAddress.value = said.view && said.selection ? JSON.stringify(said.selection) : null
    take(selection, said.selection)
    take(filters, said.filters)
    take(language, said.language)
    take(theme, said.theme)
    take(split, said.split)
    if (said.classes?.density) take(fitted, said.classes)
  })

const moveMap = () => {
  const to = view.peek()
  if (to) leadMap.peek()?.jumpTo({ center: [to.lng, to.lat], zoom: to.zoom })
}

/** What a person would want to come back to with the browser's back button. */
const station = ({ selection, compare }: Seen) => JSON.stringify([selection, compare !== null])

/** Takes up what the address says and follows from then on; returns how to end that. */
export const startHistory = () => {
  let timer = 0
  let here = ''
  const write = () => {
    const its = untracked(seen)
    const address = `#${toHash(its)}`
    if (address === location.hash) return
    const isNew = here !== '' && station(its) !== here
    here = station(its)
    history[isNew ? 'pushState' : 'replaceState'](null, '', address)
  }
  restore(fromHash(location.hash))
  const goBack = () => {
    clearTimeout(timer)
    restore(fromHash(location.hash))
    here = station(untracked(seen))
    moveMap()
  }
  const stop = effect(() => {
    seen()
    clearTimeout(timer)
    timer = window.setTimeout(write, WAIT_MS)
  })
  addEventListener('popstate', goBack)
  return () => {
    stop()
    clearTimeout(timer)
    removeEventListener('popstate', goBack)
  }
}
