/** Everything that is seen, as the part of the page's address after the #: readable, and stable over versions. */
import type { Compare, Filters, Language, Level, Measure, Selection, Theme } from './state'

export type Seen = {
  at: string | null
  compare: Compare | null
  measure: Measure
  view: { lng: number; lat: number; zoom: number } | null
  selection: Selection | null
  filters: Filters
  language: Language
  theme: Theme
  /** Inner bounds of the classes of density and excess; null before the first hour. */
  classes: { density: number[] | null; excess: number[] | null }
  /** Share of the width left of the handle while comparing by swipe. */
  split: number
}

const MEASURES: Measure[] = ['density', 'excess', 'change']
const LEVELS: Level[] = ['waspada', 'siaga', 'awas']
const SORTS: Filters['sort'][] = ['unread', 'level', 'people', 'newest']
const KINDS = ['hexagon', 'gathering', 'warning', 'area'] as const
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:00:00Z$/

/** Whole hours only, so the minutes need not be said: 2020-03-31T12Z. */
const shortHour = (instant: string) => instant.replace(/:00:00Z$/, 'Z')
const hourFrom = (text: string | undefined) => {
  const instant = text?.replace(/^(.{13})Z$/, '$1:00:00Z')
  return instant && INSTANT.test(instant) && !Number.isNaN(Date.parse(instant)) ? instant : null
}

const oneOf = <T extends string>(among: readonly T[], text: string | null) =>
  among.find((each) => each === text)

const viewText = ({ lng, lat, zoom }: NonNullable<Seen['view']>) =>
  [zoom.toFixed(2), lat.toFixed(4), lng.toFixed(4)].join('/')
const viewFrom = (text: string | null): Seen['view'] | undefined => {
  const [zoom, lat, lng] = (text ?? '').split('/').map(Number)
  const isPlace = Math.abs(lat) <= 85 && Math.abs(lng) <= 180 && zoom >= 0 && zoom <= 24
  return text && isPlace ? { lng, lat, zoom } : undefined
}

const selectionText = (selected: Selection) => {
  if (selected.kind === 'hexagon') return `hexagon:${selected.hex}`
  return `${selected.kind}:${selected.kind === 'area' ? selected.code : selected.id}`
}
const selectionFrom = (text: string | null): Selection | null => {
  const colon = text?.indexOf(':') ?? -1
  const kind = oneOf(KINDS, text?.slice(0, colon) ?? null)
  const id = text?.slice(colon + 1)
  if (!kind || !id) return null
  if (kind === 'hexagon') return /^8[0-9a-f]{14}$/.test(id) ? { kind, hex: id } : null
  return kind === 'area' ? { kind, code: id } : { kind, id }
}

const compareText = ({ how, at }: Compare) => `${how}:${shortHour(at)}`
const compareFrom = (text: string | null): Compare | null => {
  const [how, hour] = text?.split(':') ?? []
  const at = hourFrom(hour)
  return at && (how === 'swipe' || how === 'side') ? { at, how } : null
}

const numbersText = (numbers: number[] | null) => numbers?.join(',') ?? null
const numbersFrom = (text: string | null) => {
  const numbers = text?.split(',').map(Number) ?? []
  const isRising = numbers.every((each, i) => Number.isFinite(each) && (i === 0 || each > numbers[i - 1]))
  return isRising && numbers.length > 0 && numbers.length <= 7 ? numbers : null
}

const filterTexts = ({ area, levels, sort }: Filters) => ({
  area,
  levels: levels.length === LEVELS.length ? null : levels.join(',') || 'none',
  sort: sort === 'unread' ? null : sort,
})
const filtersFrom = (words: URLSearchParams): Filters => ({
  area: words.get('area'),
  levels: words.has('levels')
    ? LEVELS.filter((level) => words.get('levels')?.split(',').includes(level))
    : LEVELS,
  sort: oneOf(SORTS, words.get('sort')) ?? 'unread',
})

/** Colons, commas and slashes are allowed in this part of an address and read better as they are. */
const encoded = (text: string) =>
  encodeURIComponent(text).replace(/%(3A|2C|2F)/g, (code) => decodeURIComponent(code))

/** What is seen as text, e.g. `at=2020-03-31T12Z&map=12.50/-5.5000/109.0000&measure=density`. */
export const toHash = (seen: Seen) => {
  const words: Record<string, string | null> = {
    at: seen.at && shortHour(seen.at),
    map: seen.view && viewText(seen.view),
    measure: seen.measure,
    select: seen.selection && selectionText(seen.selection),
    compare: seen.compare && compareText(seen.compare),
    split: seen.compare?.how === 'swipe' && seen.split !== 0.5 ? seen.split.toFixed(2) : null,
    ...filterTexts(seen.filters),
    classes: numbersText(seen.classes.density),
    steps: numbersText(seen.classes.excess),
    lang: seen.language,
    theme: seen.theme,
  }
  return Object.entries(words)
    .filter(([, text]) => text)
    .map(([name, text]) => `${name}=${encoded(String(text))}`)
    .join('&')
}

/** What an address says is seen; what it does not say, or says wrongly, is left out. */
export const fromHash = (hash: string): Partial<Seen> => {
  const words = new URLSearchParams(hash.replace(/^#/, ''))
  const split = Number(words.get('split') ?? 0.5)
  const said: { [Name in keyof Seen]: Seen[Name] | undefined } = {
    at: hourFrom(words.get('at') ?? undefined) ?? undefined,
    view: viewFrom(words.get('map')),
    measure: oneOf(MEASURES, words.get('measure')),
    selection: selectionFrom(words.get('select')),
    compare: compareFrom(words.get('compare')),
    split: split >= 0 && split <= 1 ? split : undefined,
    filters: filtersFrom(words),
    classes: { density: numbersFrom(words.get('classes')), excess: numbersFrom(words.get('steps')) },
    language: oneOf(['id', 'en'] as const, words.get('lang')),
    theme: oneOf(['light', 'dark'] as const, words.get('theme')),
  }
  return Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined))
}
