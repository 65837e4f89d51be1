/** Land and borders for the built-in basemap, from Natural Earth as npm's world-atlas carries it. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Feature, FeatureCollection, MultiLineString, MultiPolygon, Position } from 'geojson'
import { feature, mesh } from 'topojson-client'
import type { GeometryCollection, Topology } from 'topojson-specification'
import { type Box, clipLine, clipRing, ringOf } from './clip.ts'

/** Where the detail is: Indonesia. */
const NEAR: Box = { west: 94, south: -12, east: 142, north: 8 }
const ATLAS = new URL('../node_modules/world-atlas/', import.meta.url)

type Atlas = Topology<{ countries: GeometryCollection; land: GeometryCollection }>
const read = (name: string) => JSON.parse(readFileSync(new URL(name, ATLAS), 'utf8')) as Atlas

const rounded = (digits: number) => (line: Position[]) => {
  const short = line.map(([lon, lat]) => [Number(lon.toFixed(digits)), Number(lat.toFixed(digits))])
  return short.filter(([lon, lat], i) => i === 0 || lon !== short[i - 1][0] || lat !== short[i - 1][1])
}

const polygonsOf = (atlas: Atlas) => {
  const land = feature(atlas, atlas.objects.land)
  return land.features.flatMap(({ geometry }) =>
    geometry.type === 'MultiPolygon'
      ? geometry.coordinates
      : geometry.type === 'Polygon'
        ? [geometry.coordinates]
        : [],
  )
}

const part = (name: string, geometry: MultiPolygon | MultiLineString): Feature => ({
  type: 'Feature',
  properties: { part: name },
  geometry,
})

const near = (atlas: Atlas) =>
  polygonsOf(atlas)
    .map((rings) =>
      rings
        .map((ring) => rounded(3)(clipRing(ring, NEAR)))
        .filter((ring) => ring.length > 3)
        .map(ringOf),
    )
    .filter((rings) => rings.length > 0)

const borders = (atlas: Atlas) =>
  mesh(atlas, atlas.objects.countries, (one, other) => one !== other)
    .coordinates.flatMap((line) => clipLine(line, NEAR))
    .map(rounded(3))
    .filter((line) => line.length > 1)

const sea: Position[] = ringOf([
  [NEAR.west, NEAR.south],
  [NEAR.east, NEAR.south],
  [NEAR.east, NEAR.north],
  [NEAR.west, NEAR.north],
])

/** Features with `part`: far (land of the world, coarse), sea (hides it inside the box), near, border. */
export const land = (): FeatureCollection => {
  const detailed = read('countries-10m.json')
  const far = polygonsOf(read('land-110m.json')).map((rings) => rings.map(rounded(2)))
  return {
    type: 'FeatureCollection',
    features: [
      part('far', { type: 'MultiPolygon', coordinates: far }),
      part('sea', { type: 'MultiPolygon', coordinates: [[sea]] }),
      part('near', { type: 'MultiPolygon', coordinates: near(detailed) }),
      part('border', { type: 'MultiLineString', coordinates: borders(detailed) }),
    ],
  }
}

/** A plugin that writes the file before the page is built, so that nothing of it is kept in the repository. */
export const landFile = (path: string) => ({
  name: 'land',
  buildStart() {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, JSON.stringify(land()))
  },
})
