import { cellArea, cellToBoundary, getPentagons, gridDisk, latLngToCell, UNITS } from 'h3-js'
import { describe, expect, it } from 'vitest'
import { hatch } from './hatch'
import { fan, halvesOf, keyOf, Mesh } from './mesh'

const HEXAGON = latLngToCell(-6.2, 106.8, 9)
const indices = (hexes: string[]) => BigUint64Array.from(hexes, (hex) => BigInt(`0x${hex}`))

/** Area of the triangles of a shape, in square degrees. */
const trianglesArea = (mesh: Mesh) => {
  const { positions, indices: corners } = mesh.buffers
  const at = (corner: number) => [positions.value[2 * corner], positions.value[2 * corner + 1]]
  let sum = 0
  for (let i = 0; i < corners.value.length; i += 3) {
    const [[ax, ay], [bx, by], [cx, cy]] = [
      at(corners.value[i]),
      at(corners.value[i + 1]),
      at(corners.value[i + 2]),
    ]
    sum += Math.abs((bx - ax) * (cy - ay) - (cx - ax) * (by - ay)) / 2
  }
  return sum
}
const ringArea = (hex: string) => {
  const ring = cellToBoundary(hex, true)
  return Math.abs(ring.slice(1).reduce((sum, [x, y], i) => sum + (ring[i][0] * y - x * ring[i][1]) / 2, 0))
}

describe('shapes', () => {
  it('of a hexagon are four triangles that fill it', () => {
    const mesh = new Mesh()
    mesh.slots(indices([HEXAGON]))
    expect(mesh.buffers.indices.value).toHaveLength(12)
    expect(trianglesArea(mesh)).toBeCloseTo(ringArea(HEXAGON), 9)
  })
  it('of a pentagon, whose edges bend, fill it too', () => {
    const mesh = new Mesh()
    const pentagon = getPentagons(5)[3]
    mesh.slots(indices([pentagon]))
    expect(trianglesArea(mesh)).toBeCloseTo(ringArea(pentagon), 9)
  })
  it('know the area that the server divides by', () => {
    const mesh = new Mesh()
    expect(mesh.areaKm2(mesh.slots(indices([HEXAGON]))[0])).toBeCloseTo(cellArea(HEXAGON, UNITS.km2), 9)
  })
})

describe('another hour', () => {
  it('leaves the shapes as they are when its hexagons are known', () => {
    const mesh = new Mesh()
    const disk = gridDisk(HEXAGON, 3)
    mesh.slots(indices(disk))
    const before = mesh.buffers
    expect([...mesh.slots(indices(disk.slice(5, 9)))]).toEqual([5, 6, 7, 8])
    expect(mesh.buffers).toBe(before)
  })
  it('adds hexagons that are new and keeps the places of the others', () => {
    const mesh = new Mesh()
    mesh.slots(indices([HEXAGON]))
    const [, other] = gridDisk(HEXAGON, 1).filter((hex) => hex !== HEXAGON)
    expect([...mesh.slots(indices([other, HEXAGON]))]).toEqual([1, 0])
    expect(mesh.buffers.length).toBe(2)
  })
})

it('keys tell hexagons of all resolutions apart', () => {
  const hexes = [7, 8, 9, 10].flatMap((resolution) => gridDisk(latLngToCell(-6.2, 106.8, resolution), 4))
  const halves = halvesOf(indices(hexes))
  const keys = new Set(hexes.map((_, i) => keyOf(halves[2 * i], halves[2 * i + 1])))
  expect(keys.size).toBe(hexes.length)
})

it('a fan turns around the first corner', () => {
  expect(fan(5, 10)).toEqual([10, 11, 12, 10, 12, 13, 10, 13, 14])
})

it('hatching has three lines in a hexagon and none in a pentagon', () => {
  const mesh = new Mesh()
  expect(hatch(mesh, mesh.slots(indices([HEXAGON]))).length).toBe(3)
  expect(hatch(mesh, mesh.slots(indices([getPentagons(5)[3]]))).length).toBe(0)
})
