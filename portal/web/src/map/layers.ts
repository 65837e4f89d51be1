/** What is drawn over any basemap: areas, hexagons' place among them, gatherings, cells, what is selected. */
import type { GeoJSONSourceSpecification, LayerSpecification } from 'maplibre-gl'
import { gatheringLayers } from './gathering_layers'
import { FONT, type Look } from './look'

/** Hexagons are drawn below this layer. */
export const ABOVE_HEXAGONS = 'footprint'

export const SOURCES = [
  'areas',
  'area-names',
  'outlines',
  'outline-names',
  'marks',
  'cells',
  'targets',
  'footprint',
] as const
export type SourceName = (typeof SOURCES)[number]
export const emptySource = (): GeoJSONSourceSpecification => ({
  type: 'geojson',
  data: { type: 'FeatureCollection', features: [] },
})

/** Land for places that no basemap knows; it lies below the hexagons. */
export const groundLayers = (look: Look): LayerSpecification[] => [
  { id: 'area-ground', type: 'fill', source: 'areas', paint: { 'fill-color': look.land } },
]

const areaLayers = (look: Look): LayerSpecification[] => [
  {
    id: 'area-casing',
    type: 'line',
    source: 'areas',
    paint: { 'line-color': look.casing, 'line-width': 2.5, 'line-opacity': 0.55 },
  },
  {
    id: 'area-line',
    type: 'line',
    source: 'areas',
    paint: { 'line-color': look.area, 'line-width': 1, 'line-opacity': 0.8 },
  },
]

const nameLayer = (look: Look): LayerSpecification => ({
  id: 'area-name',
  type: 'symbol',
  source: 'area-names',
  layout: {
    'text-field': ['get', 'name'],
    'text-font': FONT,
    'text-size': 13,
    'text-max-width': 8,
    'text-padding': 6,
  },
  paint: { 'text-color': look.ink, 'text-halo-color': look.halo, 'text-halo-width': 1.6 },
})

const footprintLayer = (look: Look): LayerSpecification => ({
  id: 'footprint',
  type: 'fill',
  source: 'footprint',
  paint: {
    'fill-color': look.footprint,
    'fill-opacity': ['interpolate', ['linear'], ['get', 'share'], 0, 0.12, 1, 0.8],
    'fill-outline-color': look.casing,
  },
})

const cellLayers = (look: Look): LayerSpecification[] => [
  {
    id: 'cells',
    type: 'fill',
    source: 'cells',
    paint: {
      'fill-color': ['match', ['get', 'state'], 'added', look.added, look.cell],
      'fill-opacity': 0.85,
      'fill-outline-color': look.cellLine,
    },
  },
  {
    id: 'targets-casing',
    type: 'line',
    source: 'targets',
    paint: { 'line-color': look.casing, 'line-width': 3 },
  },
  {
    id: 'targets',
    type: 'fill',
    source: 'targets',
    filter: ['==', ['get', 'part'], 'sector'],
    paint: {
      'fill-color': ['match', ['get', 'state'], 'added', look.added, 'off', look.cell, look.target],
      'fill-opacity': ['match', ['get', 'state'], 'off', 0.45, 0.92],
    },
  },
  {
    id: 'targets-struck',
    type: 'line',
    source: 'targets',
    filter: ['==', ['get', 'part'], 'strike'],
    paint: { 'line-color': look.levels.awas, 'line-width': 2.5 },
  },
]

const ringLayer = (source: 'cells' | 'targets', look: Look): LayerSpecification => ({
  id: `${source}-added`,
  type: 'circle',
  source,
  filter: ['==', ['get', 'part'], 'ring'],
  paint: {
    'circle-radius': 4.5,
    'circle-color': look.casing,
    'circle-stroke-color': look.added,
    'circle-stroke-width': 2.5,
  },
})

/** A gathering keeps the line of its level: what says that it is selected lies around it. */
const markLayers = (look: Look): LayerSpecification[] => [
  {
    id: 'mark-casing',
    type: 'line',
    source: 'marks',
    layout: { 'line-join': 'round' },
    paint: { 'line-color': look.casing, 'line-width': ['match', ['get', 'mark'], 'around', 15, 5.5] },
  },
  {
    id: 'mark',
    type: 'line',
    source: 'marks',
    layout: { 'line-join': 'round' },
    paint: {
      'line-color': ['match', ['get', 'mark'], 'pointed', look.ink, look.accent],
      'line-width': ['match', ['get', 'mark'], 'pointed', 1.5, 'around', 12, 3],
    },
  },
]

/** From the lowest to the highest. */
export const overlayLayers = (look: Look): LayerSpecification[] => [
  footprintLayer(look),
  ...areaLayers(look),
  nameLayer(look),
  ...cellLayers(look),
  ringLayer('cells', look),
  ringLayer('targets', look),
  ...markLayers(look),
  ...gatheringLayers(look),
]
