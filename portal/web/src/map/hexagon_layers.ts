/** The hexagons of an hour, for the graphics card. */
import type { Layer } from '@deck.gl/core'
import { LineLayer, SolidPolygonLayer } from '@deck.gl/layers'
import type { Measure, Theme } from '../state'
import { hatch } from './hatch'
import type { HourOfHexagons } from './hour'
import { ABOVE_HEXAGONS } from './layers'
import { paint, uncoveredSlots } from './paint'

type Drawn = { hour: HourOfHexagons; measure: Measure; breaks: number[]; theme: Theme }
/** `beforeId` is how the overlay knows where among the map's own layers this one lies. */
type Placed = { beforeId: string }

/** A dark line on a pale one can be seen on every colour of every scale. */
const HATCHES = [
  { id: 'hatches-pale', width_px: 2.6, colour: [255, 255, 255, 190] },
  { id: 'hatches-dark', width_px: 1, colour: [29, 35, 48, 230] },
] as const

/** Shapes are the same objects from hour to hour: nothing but the colours goes to the graphics card again. */
const fills = ({ hour, measure, breaks, theme }: Drawn) => {
  const { length, startIndices, positions, indices } = hour.mesh.buffers
  const colours = { value: paint(hour, measure, breaks, theme), size: 4, normalized: true }
  // Polygons also need where each begins, which the type of the property does not know.
  const data = { length, startIndices, attributes: { getPolygon: positions, indices, getFillColor: colours } }
  return new SolidPolygonLayer<unknown, Placed>({
    id: 'hexagons',
    beforeId: ABOVE_HEXAGONS,
    data,
    _normalize: false,
    positionFormat: 'XY',
    pickable: false,
  })
}

const hatches = ({ hour }: Drawn) => {
  const { length, from, to } = hatch(hour.mesh, uncoveredSlots(hour))
  const attributes = {
    getSourcePosition: { value: from, size: 2 },
    getTargetPosition: { value: to, size: 2 },
  }
  if (length === 0) return []
  return HATCHES.map(
    ({ id, width_px, colour }) =>
      new LineLayer<unknown, Placed>({
        id,
        beforeId: ABOVE_HEXAGONS,
        data: { length, attributes },
        positionFormat: 'XY',
        getColor: [...colour],
        getWidth: width_px,
        pickable: false,
      }),
  )
}

export const hexagonLayers = (drawn: Drawn | null): Layer[] =>
  drawn && drawn.hour.hex.length > 0 ? [fills(drawn), ...hatches(drawn)] : []
