/** One map on the page: MapLibre below, hexagons of deck.gl among its layers. */
import { MapboxOverlay } from '@deck.gl/mapbox'
import type { FeatureCollection } from 'geojson'
import { addProtocol, type GeoJSONSource, type IControl, Map as MapLibre, setWorkerUrl } from 'maplibre-gl'
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?url'
import { Protocol } from 'pmtiles'
import type { LngLatBox } from '../api'
import type { Theme } from '../state'
import { type Basemap, basemapLayers, basemapStyle } from './basemap'
import { hexagonLayers } from './hexagon_layers'
import { emptySource, groundLayers, overlayLayers, SOURCES, type SourceName } from './layers'
import { LOOKS } from './look'

const INDONESIA: LngLatBox = [94, -11.5, 141.5, 6.5]
const FURTHEST_ZOOM = 17
type PaintProperty = Parameters<MapLibre['setPaintProperty']>[1]
type Options = {
  basemap: Basemap
  theme: Theme
  camera: { lng: number; lat: number; zoom: number } | LngLatBox | null
}

/** The worker is a file of our own, so that the page needs no scripts from elsewhere. */
const prepareOnce = () => {
  setWorkerUrl(new URL(workerUrl, location.href).href)
  addProtocol('pmtiles', new Protocol().tile)
}

const start = (camera: Options['camera']) =>
  camera && !Array.isArray(camera)
    ? { center: [camera.lng, camera.lat] as [number, number], zoom: camera.zoom }
    : { bounds: camera ?? INDONESIA, fitBoundsOptions: { padding: 24 } }

/** deck.gl asks a map for `transform.height`, which MapLibre has kept to itself since 6. */
const tellHeight = (map: MapLibre) => {
  const transform = {
    get height() {
      return map.getContainer().clientHeight
    },
  }
  Object.defineProperty(map, 'transform', { value: transform })
}

export class Pane {
  readonly map: MapLibre
  private readonly overlay = new MapboxOverlay({ interleaved: true, layers: [] })
  private readonly data = new Map<SourceName, FeatureCollection>()

  constructor(
    container: HTMLElement,
    private readonly options: Options,
  ) {
    prepareOnce()
    this.map = new MapLibre({
      container,
      style: basemapStyle(options.basemap, LOOKS[options.theme]),
      ...start(options.camera),
      attributionControl: false,
      dragRotate: false,
      pitchWithRotate: false,
      touchPitch: false,
      maxPitch: 0,
      maxZoom: FURTHEST_ZOOM,
      renderWorldCopies: false,
      fadeDuration: 0,
    })
    tellHeight(this.map)
    this.map.touchZoomRotate.disableRotation()
    this.map.keyboard.disableRotation()
    this.map.once('style.load', () => this.addOurs())
  }

  private addOurs() {
    const look = LOOKS[this.options.theme]
    // A style from an address may bring fonts of its own, which would not have ours.
    if (this.options.basemap.kind === 'style') this.map.setGlyphs(null)
    for (const name of SOURCES) {
      this.map.addSource(name, emptySource())
      this.setData(name, this.data.get(name) ?? { type: 'FeatureCollection', features: [] })
    }
    for (const layer of [...groundLayers(look), ...overlayLayers(look)]) this.map.addLayer(layer)
    this.map.addControl(this.overlay as unknown as IControl)
  }

  setData(name: SourceName, data: FeatureCollection) {
    this.data.set(name, data)
    this.map.getSource<GeoJSONSource>(name)?.setData(data)
  }

  setHexagons(drawn: Parameters<typeof hexagonLayers>[0]) {
    this.overlay.setProps({ layers: hexagonLayers(drawn) })
  }

  setTheme(theme: Theme) {
    if (theme === this.options.theme) return
    this.options.theme = theme
    const look = LOOKS[theme]
    for (const layer of [
      ...basemapLayers(this.options.basemap, look),
      ...groundLayers(look),
      ...overlayLayers(look),
    ]) {
      if (!this.map.getLayer(layer.id)) continue
      for (const [name, value] of Object.entries(layer.paint ?? {})) {
        this.map.setPaintProperty(layer.id, name as PaintProperty, value)
      }
    }
  }

  get box(): LngLatBox {
    const bounds = this.map.getBounds()
    return [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()]
  }

  remove() {
    this.map.remove()
  }
}
