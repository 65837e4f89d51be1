/** Gatherings on the map: outlines from nearby, dots with a letter from afar. */
import type { ExpressionSpecification, LayerSpecification } from 'maplibre-gl'
import type { Level } from '../state'
import { FONT, LEVELS, LINES, type Look } from './look'

/** Below this zoom an outline is too small to be seen. */
const NEAR_ZOOM = 9.5

const byLevel = (its: Record<Level, string>): ExpressionSpecification => [
  'match',
  ['get', 'level'],
  'awas',
  its.awas,
  'siaga',
  its.siaga,
  its.waspada,
]
/** The gravest is drawn last and named first. */
const GRAVEST_LAST: ExpressionSpecification = ['match', ['get', 'level'], 'awas', 2, 'siaga', 1, 0]
const GRAVEST_FIRST: ExpressionSpecification = ['-', 0, GRAVEST_LAST]

const outlineOf = (level: Level, look: Look): LayerSpecification => ({
  id: `outline-${level}`,
  type: 'line',
  source: 'outlines',
  filter: ['==', ['get', 'level'], level],
  layout: { 'line-join': 'round' },
  paint: {
    'line-color': look.levels[level],
    'line-width': LINES[level].width,
    ...(LINES[level].dashes ? { 'line-dasharray': LINES[level].dashes } : {}),
  },
})

const outlines = (look: Look): LayerSpecification[] => [
  // Nothing to see: it makes the inside of a gathering a place to click on.
  { id: 'outline-inside', type: 'fill', source: 'outlines', paint: { 'fill-opacity': 0 } },
  {
    id: 'outline-casing',
    type: 'line',
    source: 'outlines',
    layout: { 'line-join': 'round' },
    paint: { 'line-color': look.casing, 'line-width': 7 },
  },
  ...LEVELS.map((level) => outlineOf(level, look)),
]

const dots = (look: Look): LayerSpecification[] => [
  {
    id: 'gathering-dot',
    type: 'circle',
    source: 'outline-names',
    maxzoom: NEAR_ZOOM,
    layout: { 'circle-sort-key': GRAVEST_LAST },
    paint: {
      'circle-radius': 9,
      'circle-color': byLevel(look.levels),
      'circle-stroke-color': look.casing,
      'circle-stroke-width': 2,
    },
  },
  {
    id: 'gathering-letter',
    type: 'symbol',
    source: 'outline-names',
    maxzoom: NEAR_ZOOM,
    layout: {
      'text-field': ['get', 'letter'],
      'text-font': FONT,
      'text-size': 12,
      'text-overlap': 'always',
      'symbol-sort-key': GRAVEST_LAST,
    },
    paint: { 'text-color': byLevel(look.letters) },
  },
]

const names = (look: Look): LayerSpecification => ({
  id: 'gathering-name',
  type: 'symbol',
  source: 'outline-names',
  layout: {
    'text-field': ['get', 'label'],
    'text-font': FONT,
    'text-size': 13,
    'text-anchor': 'bottom',
    'text-offset': ['step', ['zoom'], ['literal', [0, -0.9]], NEAR_ZOOM, ['literal', [0, -0.4]]],
    'text-overlap': ['step', ['zoom'], 'never', NEAR_ZOOM, 'always'],
    'symbol-sort-key': GRAVEST_FIRST,
  },
  paint: { 'text-color': look.ink, 'text-halo-color': look.halo, 'text-halo-width': 2 },
})

/** From the lowest to the highest. */
export const gatheringLayers = (look: Look): LayerSpecification[] => [
  ...outlines(look),
  ...dots(look),
  names(look),
]
