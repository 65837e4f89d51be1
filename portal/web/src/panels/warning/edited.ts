/** What somebody changes of a draft before it is saved; kept while others act on the same draft. */
import { signal } from '@preact/signals'
import type { Change, TargetCell, WholeWarning } from '../../api'
import { cellEdit } from '../../state'

type Edited = { warning: string; version: number; texts: Record<string, string>; why: string }
export const edited = signal<Edited | null>(null)

export const startEdit = ({ listed, texts }: WholeWarning) => {
  if (edited.value?.warning !== listed.id)
    edited.value = { warning: listed.id, version: listed.version, texts: { ...texts }, why: '' }
  cellEdit.value = { warning: listed.id, takeOff: new Set(), add: new Map() }
}

export const endEdit = () => {
  edited.value = null
  cellEdit.value = null
}

export const write = (change: Partial<Edited>) => {
  if (edited.value) edited.value = { ...edited.value, ...change }
}

/** What the server should change: only texts that are not as they were. */
export const changeOf = (whole: WholeWarning): Change => {
  const cells = cellEdit.value
  const texts = Object.entries(edited.value?.texts ?? {}).filter(([code, text]) => text !== whole.texts[code])
  return {
    take_off: [...(cells?.takeOff ?? [])].sort(),
    add: [...(cells?.add.keys() ?? [])].sort(),
    texts: Object.fromEntries(texts),
  }
}

export const isEmpty = ({ take_off, add, texts }: Change) =>
  take_off.length + add.length + Object.keys(texts).length === 0

/** Ticks or unticks a cell: one that was added goes, one of the list is taken off or kept. */
export const toggleCell = (cell: Pick<TargetCell, 'cell_id'>) => {
  const before = cellEdit.value
  if (!before) return
  const { takeOff, add } = { takeOff: new Set(before.takeOff), add: new Map(before.add) }
  if (!add.delete(cell.cell_id) && !takeOff.delete(cell.cell_id)) takeOff.add(cell.cell_id)
  cellEdit.value = { ...before, takeOff, add }
}

/** Puts a cell on; nothing where it is there already. */
export const addCell = (cell_id: string, operator: string) => {
  const before = cellEdit.value
  if (!before) return
  cellEdit.value = { ...before, add: new Map([...before.add, [cell_id, operator]]) }
}
