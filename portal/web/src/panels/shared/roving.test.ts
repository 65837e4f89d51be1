import { expect, it } from 'vitest'
import { placeAfter } from './roving'

it.each([
  ['ArrowDown', 'column', 0, 1],
  ['ArrowUp', 'column', 0, 2],
  ['ArrowDown', 'column', 2, 0],
  ['ArrowRight', 'row', 1, 2],
  ['Home', 'row', 2, 0],
  ['End', 'column', 0, 2],
] as const)('%s in a %s of three leads from %d to %d', (key, way, from, to) => {
  expect(placeAfter(key, from, 3, way)).toBe(to)
})

it('leaves all other keys alone', () => {
  expect(placeAfter('ArrowDown', 0, 3, 'row')).toBeNull()
  expect(placeAfter('Enter', 0, 3, 'column')).toBeNull()
})
