/** Shapes of hexagons for the graphics card: computed once per hexagon, whatever the hour. */
import { cellArea, cellToBoundary, UNITS } from 'h3-js'

/** Longitudes and latitudes of the corners, one after the other. */
type Corners = Float64Array

/** The 52 bits of an index that tell hexagons apart fit a number exactly; 64 bits would need slow big integers. */
export const keyOf = (low: number, high: number) => (high & 0xfffff) * 0x1_0000_0000 + low

const cornersOf = (low: number, high: number): Corners => {
  const boundary = cellToBoundary([low, high], true)
  const corners = new Float64Array((boundary.length - 1) * 2)
  for (let i = 0; i < boundary.length - 1; i += 1) corners.set(boundary[i], i * 2)
  return corners
}

/** Corner numbers of the triangles of a convex shape: a fan around its first corner. */
export const fan = (corners: number, first: number) =>
  Array.from({ length: corners - 2 }, (_, i) => [first, first + i + 1, first + i + 2]).flat()

/** What the layer takes; a new object only when a hexagon was added. */
export type Buffers = {
  length: number
  startIndices: Uint32Array
  positions: { value: Float64Array; size: 2 }
  indices: { value: Uint32Array; size: 1 }
}

/** Two 32-bit halves per index, the lower first. */
export const halvesOf = (hexes: BigUint64Array) =>
  new Uint32Array(hexes.buffer, hexes.byteOffset, hexes.length * 2)

/** All hexagons that were seen on one ground. Each keeps its slot, so that another hour only changes colours. */
export class Mesh {
  private slotOf = new Map<number, number>()
  private corners: Corners[] = []
  private areas: number[] = []
  private built: Buffers | null = null

  get size() {
    return this.corners.length
  }

  /** The slot of each hexagon; those that are new get one. */
  slots(hexes: BigUint64Array): Uint32Array {
    const halves = halvesOf(hexes)
    return Uint32Array.from({ length: hexes.length }, (_, i) => this.slot(halves[2 * i], halves[2 * i + 1]))
  }

  private slot(low: number, high: number) {
    const key = keyOf(low, high)
    const known = this.slotOf.get(key)
    if (known !== undefined) return known
    this.slotOf.set(key, this.corners.length)
    this.built = null
    this.areas.push(cellArea([low, high], UNITS.km2))
    return this.corners.push(cornersOf(low, high)) - 1
  }

  find(key: number) {
    return this.slotOf.get(key)
  }

  outline(slot: number) {
    return this.corners[slot]
  }

  areaKm2(slot: number) {
    return this.areas[slot]
  }

  get buffers(): Buffers {
    this.built ??= build(this.corners)
    return this.built
  }
}

const build = (shapes: Corners[]): Buffers => {
  const startIndices = new Uint32Array(shapes.length + 1)
  shapes.forEach((corners, i) => {
    startIndices[i + 1] = startIndices[i] + corners.length / 2
  })
  const positions = new Float64Array(startIndices[shapes.length] * 2)
  shapes.forEach((corners, i) => {
    positions.set(corners, startIndices[i] * 2)
  })
  return {
    length: shapes.length,
    startIndices,
    positions: { value: positions, size: 2 },
    indices: { value: triangles(startIndices), size: 1 },
  }
}

const triangles = (startIndices: Uint32Array) => {
  const shapes = startIndices.length - 1
  const indices = new Uint32Array((startIndices[shapes] - 2 * shapes) * 3)
  let filled = 0
  for (let i = 0; i < shapes; i += 1) {
    const its = fan(startIndices[i + 1] - startIndices[i], startIndices[i])
    indices.set(its, filled)
    filled += its.length
  }
  return indices
}
