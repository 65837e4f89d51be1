/** What lies below everything: the built-in land, an own PMTiles file, or a style from an address. */
import type { LayerSpecification, StyleSpecification } from 'maplibre-gl'
import land from '../../generated/land.json?url'
import type { Status } from '../api'
import type { Look } from './look'
import { protomapsLayers } from './protomaps'

export type Basemap = Status['basemap']

const partOfLand = (part: string, color: string): LayerSpecification => ({
  id: `land-${part}`,
  type: 'fill',
  source: 'land',
  filter: ['==', ['get', 'part'], part],
  paint: { 'fill-color': color },
})

const builtinLayers = (look: Look): LayerSpecification[] => [
  { id: 'ground', type: 'background', paint: { 'background-color': look.sea } },
  partOfLand('far', look.land),
  partOfLand('sea', look.sea),
  partOfLand('near', look.land),
  {
    id: 'border',
    type: 'line',
    source: 'land',
    filter: ['==', ['get', 'part'], 'border'],
    paint: { 'line-color': look.border, 'line-width': 1 },
  },
]

/** Layers that change with light and dark; those of a style from an address are its own affair. */
export const basemapLayers = (basemap: Basemap, look: Look): LayerSpecification[] => {
  if (basemap.kind === 'style') return []
  return basemap.kind === 'pmtiles' ? protomapsLayers(look) : builtinLayers(look)
}

/** No glyphs are named, so that MapLibre draws names with the fonts of the machine and fetches none. */
export const basemapStyle = (basemap: Basemap, look: Look): StyleSpecification | string => {
  if (basemap.kind === 'style') return basemap.url
  const address = basemap.kind === 'pmtiles' ? new URL(basemap.url, location.href).href : null
  return {
    version: 8,
    sources: address
      ? { protomaps: { type: 'vector', url: `pmtiles://${address}` } }
      : { land: { type: 'geojson', data: new URL(land, location.href).href, tolerance: 0.2 } },
    layers: basemapLayers(basemap, look),
  }
}

export const ATTRIBUTIONS: Record<Basemap['kind'], string> = {
  builtin: 'Natural Earth',
  pmtiles: 'Protomaps © OpenStreetMap',
  style: '',
}
