/** What somebody changes of a draft before it is saved; kept while others act on the same draft. */
import { effect, signal } from '@preact/signals'
import type { Change, TargetCell, WholeWarning } from '../../api'
import { type CellEdit, cellEdit, session } from '../../state'

/** `before` is how the draft stood when the edit began, or when its newest version was taken up. */
type Edited = {
  warning: string
  by: string
  version: number
  before: { texts: Record<string, string>; cells: string[] }
  texts: Record<string, string>
  why: string
}
export const edited = signal<Edited | null>(null)
/** A cell that was to be added and that no loaded plan has. */
export const unknownCell = signal<string | null>(null)

/** Cells chosen last: they stay when the panel is left, as the words do. */
let keptCells: CellEdit | null = null
effect(() => {
  if (cellEdit.value) keptCells = cellEdit.value
})

const loginNow = () => session.peek()?.account?.login ?? ''
const idsOf = (cells: TargetCell[]) => cells.map(({ cell_id }) => cell_id)
const standing = ({ texts, cells }: WholeWarning) => ({ texts, cells: idsOf(cells) })

/** What the person who is signed in has begun to change of a warning. */
export const editedOf = (id: string) =>
  edited.value?.warning === id && edited.value.by === loginNow() ? edited.value : null

export const startEdit = (whole: WholeWarning) => {
  const { listed, texts } = whole
  const isGoingOn = editedOf(listed.id) !== null
  if (!isGoingOn)
    edited.value = {
      warning: listed.id,
      by: loginNow(),
      version: listed.version,
      before: standing(whole),
      texts: { ...texts },
      why: '',
    }
  unknownCell.value = null
  cellEdit.value =
    isGoingOn && keptCells?.warning === listed.id
      ? keptCells
      : { warning: listed.id, takeOff: new Set(), add: new Map() }
}

export const endEdit = () => {
  edited.value = null
  cellEdit.value = null
  keptCells = null
}

export const write = (change: Partial<Edited>) => {
  if (edited.value) edited.value = { ...edited.value, ...change }
}

/** Whether anything was typed or chosen that would be lost. */
export const isBegun = ({ listed }: WholeWarning) => {
  const its = editedOf(listed.id)
  if (!its) return false
  const hasWords = Object.entries(its.texts).some(([code, text]) => text !== its.before.texts[code])
  const hasCells = keptCells?.warning === listed.id && keptCells.takeOff.size + keptCells.add.size > 0
  return hasWords || hasCells || its.why.trim() !== ''
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

export type Conflict = { code: string; mine: string; theirs: string; isMineChanged: boolean }

/** The messages that somebody else wrote anew meanwhile and that do not say what stands here. */
export const conflictsOf = (
  { texts, before }: Pick<Edited, 'texts' | 'before'>,
  theirs: Record<string, string>,
) =>
  Object.entries(theirs).flatMap(([code, text]): Conflict[] => {
    const [mine, was] = [texts[code] ?? '', before.texts[code] ?? '']
    return text === was || text === mine ? [] : [{ code, mine, theirs: text, isMineChanged: mine !== was }]
  })

/** Cells that somebody else put on or took off meanwhile. */
export const cellsChanged = ({ before }: Pick<Edited, 'before'>, { cells }: Pick<WholeWarning, 'cells'>) => {
  const [were, are] = [new Set(before.cells), new Set(idsOf(cells))]
  return {
    added: [...are].filter((id) => !were.has(id)),
    taken_off: [...were].filter((id) => !are.has(id)),
  }
}

/** Goes on from the newest version, with their words in the languages of `theirs`; nothing of mine is lost elsewhere. */
export const takeUp = (whole: WholeWarning, theirs: ReadonlySet<string>) => {
  const its = edited.value
  if (!its) return
  const texts = Object.fromEntries(
    Object.entries(whole.texts).map(([code, text]) => [
      code,
      theirs.has(code) ? text : (its.texts[code] ?? text),
    ]),
  )
  edited.value = { ...its, version: whole.listed.version, before: standing(whole), texts }
  const cells = cellEdit.value
  if (!cells) return
  const there = new Set(idsOf(whole.cells))
  cellEdit.value = {
    ...cells,
    takeOff: new Set([...cells.takeOff].filter((id) => there.has(id))),
    add: new Map([...cells.add].filter(([id]) => !there.has(id))),
  }
}

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
  unknownCell.value = null
  cellEdit.value = { ...before, add: new Map([...before.add, [cell_id, operator]]) }
}

const UNKNOWN = /no loaded cell plan has the cell ([^:]+)/

/** Takes a cell back that the server says no plan has, and remembers which; false where it says something else. */
export const dropUnknown = (sentence: string) => {
  const id = UNKNOWN.exec(sentence)?.[1].trim()
  const before = cellEdit.value
  if (!id || !before?.add.has(id)) return false
  cellEdit.value = { ...before, add: new Map([...before.add].filter(([each]) => each !== id)) }
  unknownCell.value = id
  return true
}
