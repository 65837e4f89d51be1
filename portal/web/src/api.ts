/** The portal's interface as the page uses it: shapes of what it answers, and the one way to ask. */
import type { Feature, FeatureCollection, Geometry } from 'geojson'

export type Instant = string // ISO 8601, UTC, ends in Z
export type LngLatBox = [west: number, south: number, east: number, north: number]
export type Role = 'viewer' | 'analyst' | 'approver' | 'admin'
export type WarningState =
  | 'draft'
  | 'approved'
  | 'queued'
  | 'sent'
  | 'delivered'
  | 'failed'
  | 'expired'
  | 'cancelled'

export type Account = { login: string; name: string; role: Role }
export type Session = {
  signed_in: boolean
  account: Account | null
  csrf: string | null // to be sent back as X-CSRF-Token with every POST, PATCH, DELETE
  needs_setup: boolean // nobody has an account yet: the set-up link was printed where the portal was started
  oidc: { name: string } | null // a button to /api/oidc/start
}

export type Status = {
  version: string
  mode: 'test' | 'live'
  k: number
  timezone: string
  now: Instant
  sending: { is_paused: boolean; by: string | null; at: Instant | null; why: string | null }
  newest_hour: Instant | null
  oldest_hour: Instant | null
  is_stale: boolean
  box: LngLatBox | null // of the ground that has density
  finest_resolution: number
  area_levels: string[] // loaded: province, regency, district, village
  operators: string[]
  languages: ('id' | 'en')[] // of messages
  max_segments: number
  basemap: { kind: 'builtin' } | { kind: 'pmtiles'; url: string } | { kind: 'style'; url: string }
}

export type Hour = {
  at: Instant
  hexagons: number // that may be shown
  withheld: number // that rest on fewer than k devices
  coverage: number | null // share of the usual devices whose cells did report, over all hexagons; null: not known yet
  missing_operators: string[] // that usually report and sent nothing at all
  is_partial: boolean
  gatherings: { waspada: number; siaga: number; awas: number }
}

/** /api/hexagons answers an Arrow IPC stream with these columns; numbers that are not known are NaN. */
export type HexagonColumns = {
  hex: BigUint64Array
  people: Float32Array
  people_per_km2: Float32Array
  baseline: Float32Array
  excess: Float32Array
  coverage: Float32Array
}

export type HistoryHour = {
  at: Instant
  people: number | null
  people_low: number | null
  people_high: number | null
  usual: number | null
  usual_low: number | null
  usual_high: number | null
  excess: number | null
  score: number | null
  coverage: number | null
  is_withheld: boolean
}
export type Place = { code: string; name: string; level: string }
export type History = {
  hexes: string[]
  lat: number
  lon: number
  area_km2: number
  places: Place[] // finest first
  hours: HistoryHour[]
}

export type ListedGathering = {
  gathering_id: string
  interval_start: Instant // its latest hour in the range
  level: 'normal' | 'waspada' | 'siaga' | 'awas'
  highest_level: 'waspada' | 'siaga' | 'awas'
  state: 'new' | 'ongoing' | 'ended'
  people: number | null
  people_low: number | null
  people_high: number | null
  excess: number | null
  lat: number
  lon: number
  area_code: string | null
  places: Place[]
  started_at: Instant
  hours: number
  is_unread: boolean
  warnings: {
    id: string
    state: WarningState
    level: string
    mode: 'test' | 'live'
    approvals: number
    approvals_needed: number
  }[]
}
export type TargetCell = {
  operator: string
  cell_id: string
  lat: number | null
  lon: number | null
  azimuth_deg: number | null
  expected_recipients: number | null
  reach: number | null
  overreach: number | null
}
/** Of a set of target cells: by operator and altogether. */
export type Figures = {
  cells: number
  recipients: number | null
  reach: number | null
  overreach: number | null
  by_operator: {
    operator: string
    cells: number
    recipients: number | null
    reach: number | null
    overreach: number | null
  }[]
}
export type GatheringDetail = ListedGathering & {
  score: number | null
  coverage: number | null
  usual: number | null
  area_km2: number
  peak_people: number | null
  peak_at: Instant | null
  rule: string | null
  place: string | null
  event: string | null
  expected: number | null
  baseline_from: string | null
  reason: { id: string; en: string }
  events: {
    at: Instant
    event: string
    level_before: string | null
    level: string | null
    other_id: string | null
  }[]
  course: {
    at: Instant
    level: string
    state: string
    people: number | null
    people_low: number | null
    people_high: number | null
    usual: number | null
    excess: number | null
    coverage: number | null
  }[]
  hexes: string[]
  outline: Geometry
  targets: TargetCell[]
  figures: Figures
}
/** /api/gatherings/outlines */
export type Outlines = FeatureCollection<
  Geometry,
  { gathering_id: string; level: string; state: string; people: number | null; lat: number; lon: number }
>

export type CellFootprint = {
  operator: string
  cell_id: string
  lat: number
  lon: number
  azimuth_deg: number | null
  radio: string
  range_m: number | null
  hexes: string[]
  weights: number[] // share of the cell's devices in each, the largest first; together at least 0.95
}

export type Segments = { encoding: string; segments: number; units: number; left: number }
/** Messages that wait for a sender; `since`: the oldest that should have gone by now. */
export type Waiting = { count: number; since: Instant | null; is_overdue: boolean }
export type Post = { letters: Letter[]; waiting: Waiting }
export type ListedWarning = {
  id: string
  mode: 'test' | 'live'
  kind: 'alert' | 'update' | 'cancel'
  state: WarningState
  level: string
  area_name: string
  timezone: string
  gathering_id: string
  created_at: Instant
  expires_at: Instant
  approvals: string[]
  approvals_needed: number
  messages: Record<string, number>
  version: number
}
export type Letter = {
  key: string
  channel: string
  recipient: string
  state: string
  attempts: number
  recipients: number
  confirmed: number | null
  reference: string | null
  said: string | null
  what_to_do: string | null
  sent_at: Instant | null
}
export type WholeWarning = {
  listed: ListedWarning
  interval_start: Instant
  area_code: string | null
  code: string
  revision: number
  replaces: string | null
  texts: Record<string, string>
  segments: Record<string, Segments>
  officer_texts: Record<string, string>
  problems: string[]
  letters: Letter[]
  story: { at: Instant; what: string; after: string | null; who: string; why: string }[]
  cells: TargetCell[]
  figures: Figures
  outline: Geometry
  /** What the visitor may do now; a sentence where not. */
  may: Record<'approve' | 'reject' | 'edit' | 'cancel' | 'retract', true | string>
}
export type Preview = {
  texts: Record<string, string>
  segments: Record<string, Segments>
  cells: TargetCell[]
  figures: Figures
  problems: string[]
  notes: string[] // what is not known of it
}
export type Change = { take_off: string[]; add: string[]; texts: Record<string, string> }

export type AreaFound = { code: string; name: string; level: string; places: Place[]; box: LngLatBox }
export type Areas = FeatureCollection<
  Geometry,
  { code: string; name: string; level: string; lat: number; lon: number }
>
export type AreaDetail = Feature<
  Geometry,
  { code: string; name: string; level: string; box: LngLatBox; places: Place[] }
>

/** What the server said no to: one sentence, and a kind that has words in the page's languages. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly kind: string,
    message: string,
    readonly retryAfter_s: number | null = null,
  ) {
    super(message)
  }
}

let csrf: string | null = null
export const rememberCsrf = (token: string | null) => {
  csrf = token
}

type Query = Record<string, string | number | null | undefined>
export const address = (path: string, query: Query = {}) => {
  const given = Object.entries(query).filter(
    ([, value]) => value !== null && value !== undefined && value !== '',
  )
  const text = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString()
  return `/api${path}${text ? `?${text}` : ''}`
}

const ask = async (method: string, path: string, query?: Query, body?: unknown, signal?: AbortSignal) => {
  const headers: Record<string, string> = {}
  if (body !== undefined) headers['Content-Type'] = 'application/json'
  if (method !== 'GET' && csrf) headers['X-CSRF-Token'] = csrf
  const answer = await fetch(address(path, query), {
    method,
    headers,
    body: body === undefined ? undefined : JSON.stringify(body),
    credentials: 'same-origin',
    signal,
  })
  if (answer.ok) return answer
  const said = await answer.json().catch(() => ({ error: answer.statusText, kind: 'error' }))
  const wait = answer.headers.get('Retry-After')
  throw new ApiError(answer.status, said.kind, said.error, wait ? Number(wait) : null)
}

export const get = async <T>(path: string, query?: Query, signal?: AbortSignal) =>
  (await ask('GET', path, query, undefined, signal)).json() as Promise<T>
export const getBytes = async (path: string, query?: Query, signal?: AbortSignal) =>
  (await ask('GET', path, query, undefined, signal)).arrayBuffer()
const answerOf = async <T>(answer: Response) => (answer.status === 204 ? undefined : await answer.json()) as T
export const post = async <T>(path: string, body: unknown = {}) =>
  answerOf<T>(await ask('POST', path, {}, body))
export const patch = async <T>(path: string, body: unknown) => answerOf<T>(await ask('PATCH', path, {}, body))
export const remove = async <T>(path: string) => answerOf<T>(await ask('DELETE', path))
