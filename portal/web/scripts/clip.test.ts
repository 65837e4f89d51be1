import { describe, expect, it } from 'vitest'
import { clipLine, clipRing } from './clip.ts'

const BOX = { west: 0, south: 0, east: 10, north: 10 }
const area = (ring: number[][]) =>
  Math.abs(
    ring.reduce((sum, [x, y], i) => {
      const [nextX, nextY] = ring[(i + 1) % ring.length]
      return sum + (x * nextY - nextX * y) / 2
    }, 0),
  )
const square = (west: number, south: number, size: number) => [
  [west, south],
  [west + size, south],
  [west + size, south + size],
  [west, south + size],
  [west, south],
]

describe('a ring at a box', () => {
  it('keeps what lies inside', () => {
    expect(area(clipRing(square(5, 5, 10), BOX))).toBe(25)
  })
  it('is the box where it covers it', () => {
    expect(area(clipRing(square(-5, -5, 30), BOX))).toBe(100)
  })
  it('is nothing where they do not meet', () => {
    expect(clipRing(square(20, 20, 5), BOX)).toEqual([])
  })
})

it('a line at a box falls apart into the runs inside it', () => {
  const inside = [
    [1, 1],
    [2, 2],
  ]
  expect(clipLine([...inside, [20, 20], [3, 3], [4, 4]], BOX)).toEqual([
    inside,
    [
      [3, 3],
      [4, 4],
    ],
  ])
})
