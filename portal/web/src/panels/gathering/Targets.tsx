/** Whom a warning would reach: a sentence, a table by operator, and the cells. */
import type { Figures, TargetCell } from '../../api'
import { t } from '../../i18n'
import { number, percent, rounded } from '../../i18n/numbers'
import { CellTable } from './CellTable'

const share = (value: number | null) => (value === null ? t('unknown') : percent(value))
const phones = (value: number | null) => (value === null ? '–' : number(rounded(value)))

export const reachInWords = ({ cells, recipients, reach, overreach, by_operator }: Figures) =>
  t('targets.intro', {
    cells,
    operators: by_operator.length,
    phones: recipients === null ? t('unknown') : rounded(recipients),
    reach: share(reach),
    overreach: share(overreach),
  })

export const ByOperator = ({ figures }: { figures: Figures }) => (
  <table class="table">
    <thead>
      <tr>
        <th scope="col">{t('targets.operator')}</th>
        <th scope="col" class="figure">
          {t('targets.cells')}
        </th>
        <th scope="col" class="figure">
          {t('targets.phones')}
        </th>
        <th scope="col" class="figure">
          {t('targets.reach')}
        </th>
        <th scope="col" class="figure">
          {t('targets.overreach')}
        </th>
      </tr>
    </thead>
    <tbody>
      {figures.by_operator.map((each) => (
        <tr key={each.operator}>
          <th scope="row">{each.operator}</th>
          <td class="figure">{number(each.cells)}</td>
          <td class="figure">{phones(each.recipients)}</td>
          <td class="figure">{share(each.reach)}</td>
          <td class="figure">{share(each.overreach)}</td>
        </tr>
      ))}
    </tbody>
  </table>
)

export const Targets = ({ cells, figures }: { cells: TargetCell[]; figures: Figures }) => (
  <section class="part">
    <h3>{t('gathering.targets')}</h3>
    {cells.length === 0 ? (
      <p class="quiet">{t('targets.none')}</p>
    ) : (
      <>
        <p>{reachInWords(figures)}</p>
        <ByOperator figures={figures} />
        <CellTable cells={cells} />
      </>
    )}
  </section>
)
