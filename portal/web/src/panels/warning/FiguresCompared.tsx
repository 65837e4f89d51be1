/** The figures of a draft before and after a change, side by side. */
import type { Figures } from '../../api'
import { type Key, t } from '../../i18n'
import { number, percent, rounded } from '../../i18n/numbers'

type Props = { before: Figures; after: Figures | null; isChecking: boolean; isOld: boolean }
type Figure = 'cells' | 'recipients' | 'reach' | 'overreach'

const ROWS: [Figure, Key][] = [
  ['cells', 'targets.cells'],
  ['recipients', 'targets.phones'],
  ['reach', 'targets.reach'],
  ['overreach', 'targets.overreach'],
]

const told = (figures: Figures, name: Figure) => {
  const value = figures[name]
  if (value === null) return t('unknown')
  if (name === 'reach' || name === 'overreach') return percent(value)
  return number(name === 'recipients' ? rounded(value) : value)
}

export const FiguresCompared = ({ before, after, isChecking, isOld }: Props) => (
  <section class="compared" aria-live="polite" aria-busy={isChecking}>
    <h4>{t('edit.figures')}</h4>
    <table class="table">
      <thead>
        <tr>
          <td />
          <th scope="col" class="figure">
            {t('edit.before')}
          </th>
          <th scope="col" class="figure">
            {t('edit.after')}
          </th>
        </tr>
      </thead>
      <tbody>
        {ROWS.map(([name, key]) => {
          const isChanged = after !== null && told(before, name) !== told(after, name)
          return (
            <tr key={name}>
              <th scope="row">{t(key)}</th>
              <td class="figure">{told(before, name)}</td>
              <td class={`figure ${isOld ? 'is-old' : isChanged ? 'is-changed' : ''}`}>
                {after ? told(after, name) : '–'}
              </td>
            </tr>
          )
        })}
      </tbody>
    </table>
    <p class="quiet">{isChecking && t('edit.checking')}</p>
  </section>
)
