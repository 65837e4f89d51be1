/** A plain style for PMTiles in the schema of Protomaps: ground, water, roads and names, all of it quiet. */
import type { LayerSpecification } from 'maplibre-gl'
import { FONT, type Look } from './look'

const filled = (layer: string, color: string): LayerSpecification => ({
  id: `base-${layer}`,
  type: 'fill',
  source: 'protomaps',
  'source-layer': layer,
  filter: ['==', ['geometry-type'], 'Polygon'],
  paint: { 'fill-color': color },
})

const lines = (layer: string, color: string, widest: number): LayerSpecification => ({
  id: `base-${layer}`,
  type: 'line',
  source: 'protomaps',
  'source-layer': layer,
  paint: {
    'line-color': color,
    'line-width': ['interpolate', ['exponential', 1.6], ['zoom'], 6, 0.3, 18, widest],
  },
})

const names = (look: Look): LayerSpecification => ({
  id: 'base-places',
  type: 'symbol',
  source: 'protomaps',
  'source-layer': 'places',
  layout: {
    'text-field': ['coalesce', ['get', 'name:id'], ['get', 'name']],
    'text-font': FONT,
    'text-size': 12,
  },
  paint: { 'text-color': look.quiet, 'text-halo-color': look.halo, 'text-halo-width': 1.4 },
})

export const protomapsLayers = (look: Look): LayerSpecification[] => [
  { id: 'ground', type: 'background', paint: { 'background-color': look.sea } },
  filled('earth', look.land),
  filled('water', look.sea),
  lines('roads', look.border, 14),
  lines('boundaries', look.quiet, 3),
  names(look),
]
