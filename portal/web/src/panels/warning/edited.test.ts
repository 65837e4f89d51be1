import { beforeEach, describe, expect, it } from 'vitest'
import type { WholeWarning } from '../../api'
import { cellEdit } from '../../state'
import {
  addCell,
  cellsChanged,
  changeOf,
  conflictsOf,
  dropUnknown,
  edited,
  endEdit,
  isBegun,
  startEdit,
  takeUp,
  toggleCell,
  unknownCell,
  write,
} from './edited'

const warning = (version: number, texts: Record<string, string>, cells = ['a', 'b']) =>
  ({ listed: { id: 'W1', version }, texts, cells: cells.map((cell_id) => ({ cell_id })) }) as WholeWarning
const BEFORE = warning(1, { id: 'awas', en: 'beware' })

beforeEach(() => {
  endEdit()
  startEdit(BEFORE)
})

describe('where somebody else changed the draft meanwhile', () => {
  it('both versions are told where the words differ, and who wrote anew', () => {
    write({ texts: { id: 'awas, ramai', en: 'beware' } })
    const now = { id: 'siaga', en: 'be ready' }
    expect(edited.value && conflictsOf(edited.value, now)).toEqual([
      { code: 'id', mine: 'awas, ramai', theirs: 'siaga', isMineChanged: true },
      { code: 'en', mine: 'beware', theirs: 'be ready', isMineChanged: false },
    ])
  })

  it('nothing is asked of words that they left alone or wrote alike', () => {
    write({ texts: { id: 'awas, ramai', en: 'be ready' } })
    expect(edited.value && conflictsOf(edited.value, { id: 'awas', en: 'be ready' })).toEqual([])
  })

  it('their words are taken where that is wanted, and mine are kept elsewhere', () => {
    write({ texts: { id: 'awas, ramai', en: 'beware' }, why: 'mine' })
    const now = warning(2, { id: 'siaga', en: 'be ready' })
    takeUp(now, new Set(['en']))
    expect(changeOf(now).texts).toEqual({ id: 'awas, ramai' })
    expect([edited.value?.version, edited.value?.why]).toEqual([2, 'mine'])
  })

  it('cells that they changed are told, and asked of no more', () => {
    toggleCell({ cell_id: 'a' })
    addCell('c', 'alun')
    const now = warning(2, BEFORE.texts, ['b', 'c'])
    expect(edited.value && cellsChanged(edited.value, now)).toEqual({ added: ['c'], taken_off: ['a'] })
    takeUp(now, new Set())
    expect(changeOf(now)).toEqual({ take_off: [], add: [], texts: {} })
  })
})

describe('an edit that is left', () => {
  it('is begun once anything was typed or chosen, and goes on with all of it', () => {
    expect(isBegun(BEFORE)).toBe(false)
    toggleCell({ cell_id: 'a' })
    cellEdit.value = null
    expect(isBegun(BEFORE)).toBe(true)
    startEdit(BEFORE)
    expect(changeOf(BEFORE).take_off).toEqual(['a'])
  })

  it('is gone once it is discarded', () => {
    write({ why: 'because' })
    endEdit()
    expect(isBegun(BEFORE)).toBe(false)
  })
})

describe('a cell that no plan has', () => {
  it('does not stay on the draft', () => {
    addCell('x-1', '')
    expect(dropUnknown('no loaded cell plan has the cell x-1: mend the id')).toBe(true)
    expect([changeOf(BEFORE).add, unknownCell.value]).toEqual([[], 'x-1'])
  })

  it('is told from any other complaint', () => {
    addCell('c', '')
    expect(dropUnknown('no cell is left to warn: reject the warning instead')).toBe(false)
    expect(changeOf(BEFORE).add).toEqual(['c'])
  })
})
