import { expect, it } from 'vitest'
import type { TargetCell } from '../../api'
import { cellsInOrder } from './CellTable'

const cell = (cell_id: string, reach: number | null): TargetCell => ({
  operator: 'alun',
  cell_id,
  lat: null,
  lon: null,
  azimuth_deg: null,
  expected_recipients: null,
  reach,
  overreach: null,
})
const cells = [cell('b', 0.2), cell('a', null), cell('c', 0.5)]
const ids = (way: 'ascending' | 'descending', by: 'reach' | 'cell_id') =>
  cellsInOrder(cells, { by, way }).map((each) => each.cell_id)

it('sorts cells either way, those without a figure last', () => {
  expect(ids('descending', 'reach')).toEqual(['c', 'b', 'a'])
  expect(ids('ascending', 'reach')).toEqual(['b', 'c', 'a'])
})

it('sorts ids as words', () => {
  expect(ids('ascending', 'cell_id')).toEqual(['a', 'b', 'c'])
})
