/** Target cells: sortable by each column; the one that is pointed at or focused shows its footprint on the map. */
import { type Signal, useSignal } from '@preact/signals'
import type { TargetCell } from '../../api'
import { type Key, t } from '../../i18n'
import { number, percent } from '../../i18n/numbers'
import { footprintOf } from '../../state'

type Column = 'operator' | 'cell_id' | 'expected_recipients' | 'reach' | 'overreach'
type Order = { by: Column; way: 'ascending' | 'descending' }

const COLUMNS: [Column, Key][] = [
  ['operator', 'targets.operator'],
  ['cell_id', 'targets.cell'],
  ['expected_recipients', 'targets.phones'],
  ['reach', 'targets.reach'],
  ['overreach', 'targets.overreach'],
]
const AT_FIRST = 12
const isFigure = (column: Column) => column !== 'operator' && column !== 'cell_id'

/** Cells in order of a column; what is not known comes last, either way. */
export const cellsInOrder = (cells: TargetCell[], { by, way }: Order) => {
  const sign = way === 'ascending' ? 1 : -1
  return cells.toSorted((one, other) => {
    const [a, b] = [one[by], other[by]]
    if (a === null || b === null) return Number(a === null) - Number(b === null)
    return (
      sign * (typeof a === 'number' && typeof b === 'number' ? a - b : String(a).localeCompare(String(b)))
    )
  })
}

const Head = ({ order }: { order: Signal<Order> }) => (
  <thead>
    <tr>
      {COLUMNS.map(([column, key]) => {
        const isSorted = order.value.by === column
        const turn = isSorted && order.value.way === 'descending' ? 'ascending' : 'descending'
        return (
          <th
            key={column}
            scope="col"
            class={isFigure(column) ? 'figure' : ''}
            aria-sort={isSorted ? order.value.way : 'none'}
          >
            <button
              type="button"
              class="table__sort"
              aria-label={t('targets.sort_by', { column: t(key) })}
              onClick={() => {
                order.value = { by: column, way: turn }
              }}
            >
              {t(key)}
            </button>
          </th>
        )
      })}
    </tr>
  </thead>
)

const show = ({ operator, cell_id }: TargetCell) => {
  footprintOf.value = { operator, cell_id }
}
const hide = () => {
  footprintOf.value = null
}

const Row = ({ cell }: { cell: TargetCell }) => {
  const { operator, cell_id, expected_recipients, reach, overreach } = cell
  const isShown = footprintOf.value?.cell_id === cell_id && footprintOf.value.operator === operator
  return (
    <tr class={isShown ? 'is-shown' : ''} onPointerEnter={() => show(cell)} onPointerLeave={hide}>
      <td>{operator}</td>
      <th scope="row">
        <button
          type="button"
          class="table__cell"
          aria-label={t('targets.footprint', { cell: cell_id })}
          aria-pressed={isShown}
          onFocus={() => show(cell)}
          onBlur={hide}
          onClick={() => show(cell)}
        >
          {cell_id}
        </button>
      </th>
      <td class="figure">
        {expected_recipients === null ? (
          <span title={t('targets.few_hint')}>{t('targets.few')}</span>
        ) : (
          number(expected_recipients)
        )}
      </td>
      <td class="figure">{reach === null ? '–' : percent(reach)}</td>
      <td class="figure">{overreach === null ? '–' : percent(overreach)}</td>
    </tr>
  )
}

export const CellTable = ({ cells }: { cells: TargetCell[] }) => {
  const order = useSignal<Order>({ by: 'reach', way: 'descending' })
  const isWhole = useSignal(cells.length <= AT_FIRST)
  const sorted = cellsInOrder(cells, order.value)
  return (
    <>
      <p class="quiet">{t('targets.hint')}</p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached without a pointer */}
      <section class="scroll" tabIndex={0} aria-label={t('gathering.targets')}>
        <table class="table table--cells">
          <Head order={order} />
          <tbody>
            {sorted.slice(0, isWhole.value ? sorted.length : AT_FIRST).map((cell) => (
              <Row key={`${cell.operator} ${cell.cell_id}`} cell={cell} />
            ))}
          </tbody>
        </table>
      </section>
      {!isWhole.value && (
        <button type="button" class="link-button" onClick={() => (isWhole.value = true)}>
          {t('targets.show_all', { cells: cells.length })}
        </button>
      )}
    </>
  )
}
