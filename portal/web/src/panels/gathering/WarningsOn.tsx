/** The warnings about a gathering, each leading to its panel. */
import type { GatheringDetail } from '../../api'
import { t } from '../../i18n'
import { selection } from '../../state'
import { ModeMark, StateMark } from '../warning/marks'

export const WarningsOn = ({ gathering }: { gathering: GatheringDetail }) => (
  <section class="part">
    <h3>{t('gathering.warnings')}</h3>
    {gathering.warnings.length === 0 && <p class="quiet">{t('gathering.no_warning')}</p>}
    <ul class="list list--boxed">
      {gathering.warnings.map(({ id, mode, state, approvals, approvals_needed }) => (
        <li key={id}>
          <button
            type="button"
            class="item"
            onClick={() => {
              selection.value = { kind: 'warning', id }
            }}
          >
            <span class="item__marks">
              <strong>{id}</strong>
              <ModeMark mode={mode} />
              <StateMark state={state} />
              <span class="quiet">
                {t('approvals.title')}: {t('approvals.of', { given: approvals, needed: approvals_needed })}
              </span>
            </span>
          </button>
        </li>
      ))}
    </ul>
  </section>
)
