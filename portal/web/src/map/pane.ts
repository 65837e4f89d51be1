/** One map on the page: MapLibre below, hexagons of deck.gl among its layers. */
import { MapboxOverlay } from '@deck.gl/mapbox'
import type { FeatureCollection } from 'geojson'
import {
  addProtocol,
  type GeoJSONSource,
  type IControl,
  type LayerSpecification,
  Map as MapLibre,
  MercatorCoordinate,
  setWorkerUrl,
} from 'maplibre-gl'
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
const PADDING_PX = 24
/** What a sheet leaves of a map below this height shows nothing: the map keeps its size until there is more. */
const LEAST_HEIGHT_PX = 150
/** The whole world at zoom 0. */
const WORLD_PX = 512
type PaintProperty = Parameters<MapLibre['setPaintProperty']>[1]
type Place = { lng: number; lat: number; zoom: number }
export type Camera = Place | LngLatBox | null
type Options = { basemap: Basemap; theme: Theme; camera: Camera }

const isPlace = (camera: Camera): camera is Place => camera !== null && !Array.isArray(camera)

/** The worker is a file of our own, so that the page needs no scripts from elsewhere. */
const prepareOnce = () => {
  setWorkerUrl(new URL(workerUrl, location.href).href)
  addProtocol('pmtiles', new Protocol().tile)
}

const start = (camera: Camera) =>
  isPlace(camera)
    ? { center: [camera.lng, camera.lat] as [number, number], zoom: camera.zoom }
    : { bounds: camera ?? INDONESIA, fitBoundsOptions: { padding: PADDING_PX } }

/** What a pane of this size will show, before there is a map: hexagons can be asked for meanwhile. */
export const expectedBox = ({ clientWidth, clientHeight }: HTMLElement, camera: Camera): LngLatBox => {
  const [middle, zoom] = isPlace(camera)
    ? [MercatorCoordinate.fromLngLat(camera), camera.zoom]
    : fitted(camera ?? INDONESIA, clientWidth - 2 * PADDING_PX, clientHeight - 2 * PADDING_PX)
  const [dx, dy] = [clientWidth, clientHeight].map((size_px) => size_px / 2 / (WORLD_PX * 2 ** zoom))
  const northWest = new MercatorCoordinate(middle.x - dx, middle.y - dy).toLngLat()
  const southEast = new MercatorCoordinate(middle.x + dx, middle.y + dy).toLngLat()
  return [northWest.lng, southEast.lat, southEast.lng, northWest.lat]
}

const fitted = ([west, south, east, north]: LngLatBox, width_px: number, height_px: number) => {
  const [from, to] = [
    MercatorCoordinate.fromLngLat([west, north]),
    MercatorCoordinate.fromLngLat([east, south]),
  ]
  const scale = Math.min(width_px / (to.x - from.x), height_px / (to.y - from.y)) / WORLD_PX
  return [new MercatorCoordinate((from.x + to.x) / 2, (from.y + to.y) / 2), Math.log2(scale)] as const
}

/** Drawing the first letter takes a browser as long as drawing the hexagons, which come first. */
const isNames = (layer: LayerSpecification) => layer.type === 'symbol'
const hidden = (layer: LayerSpecification) =>
  ({ ...layer, layout: { ...('layout' in layer && layer.layout), visibility: 'none' } }) as LayerSpecification

/** Keeps a map as large as its place, but for a place that is too low: then it stays as it was, out of sight. */
const followSize = (map: MapLibre) => {
  const place = map.getContainer()
  const observer = new ResizeObserver(() => {
    const isTooLow = place.clientHeight < LEAST_HEIGHT_PX
    place.dataset.low = String(isTooLow)
    if (!isTooLow) map.resize()
  })
  observer.observe(place)
  return () => observer.disconnect()
}

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
  private readonly stopSizing: () => void
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
      trackResize: false,
    })
    tellHeight(this.map)
    this.stopSizing = followSize(this.map)
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
    const layers = [...groundLayers(look), ...overlayLayers(look)]
    for (const layer of layers) this.map.addLayer(isNames(layer) ? hidden(layer) : layer)
    this.map.addControl(this.overlay as unknown as IControl)
    this.map.once('idle', () => {
      for (const { id } of layers.filter(isNames)) this.map.setLayoutProperty(id, 'visibility', 'visible')
    })
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
    this.stopSizing()
    this.map.remove()
  }
}
