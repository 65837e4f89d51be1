import { t } from '../../i18n'
import { type Measure, measure } from '../../state'

const MEASURES: Measure[] = ['density', 'excess', 'change']

export const MeasureSwitch = () => (
  <fieldset class="switch">
    <legend class="for-readers">{t('measure.label')}</legend>
    {MEASURES.map((each) => (
      <label key={each} class="switch__choice" title={t(`measure.${each}_hint`)}>
        <input
          type="radio"
          name="measure"
          checked={measure.value === each}
          onChange={() => {
            measure.value = each
          }}
        />
        <span>{t(`measure.${each}`)}</span>
      </label>
    ))}
  </fieldset>
)
