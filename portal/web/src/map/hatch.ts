/** Hatching of hexagons whose figure rests on part of the cells only. */
import type { Mesh } from './mesh'

/** Lines as the layer takes them: three per hexagon, evenly apart, so that neighbours join to one pattern. */
export type Hatch = { length: number; from: Float64Array; to: Float64Array }

const middle = (corners: Float64Array, one: number, other: number) => [
  (corners[2 * one] + corners[2 * other]) / 2,
  (corners[2 * one + 1] + corners[2 * other + 1]) / 2,
]

/** The long diagonal of a hexagon, and the two lines beside it. */
const linesIn = (corners: Float64Array) => [
  [middle(corners, 0, 0), middle(corners, 3, 3)],
  [middle(corners, 0, 1), middle(corners, 2, 3)],
  [middle(corners, 5, 0), middle(corners, 3, 4)],
]

/** Pentagons and the few hexagons that an edge of the globe's grid cuts have other corners; they stay plain. */
export const hatch = (mesh: Mesh, slots: Uint32Array): Hatch => {
  const shapes = Array.from(slots, (slot) => mesh.outline(slot)).filter((corners) => corners.length === 12)
  const lines = shapes.flatMap(linesIn)
  return {
    length: lines.length,
    from: Float64Array.from(lines.flatMap(([from]) => from)),
    to: Float64Array.from(lines.flatMap(([, to]) => to)),
  }
}
