/** The mobility report of a week: which week, which area, which language, as which file. */
import { useSignal } from '@preact/signals'
import { useId } from 'preact/hooks'
import { type AreaFound, get, getBytes } from '../api'
import { t, tOr } from '../i18n'
import { saveFile } from '../map/picture'
import { Dialog } from '../panels/shared/Dialog'
import { Field, valuesOf } from '../panels/shared/Field'
import { Loaded } from '../panels/shared/Loaded'
import { Notice } from '../panels/shared/Notice'
import { useAct } from '../panels/shared/useAct'
import { useAsked } from '../panels/shared/useAsked'
import { announcement, filters, language, selection } from '../state'
import { type Asked, codeOf, nameOf } from './asked'

type ListedWeek = { week: string; first_day: string; last_day: string; is_kept: boolean }
type Reports = { weeks: ListedWeek[]; languages: ('id' | 'en')[]; formats: string[] }

const PAUSE_ms = 200
const BYTES: Record<string, string> = {
  pdf: 'application/pdf',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  csv: 'text/csv',
  parquet: 'application/vnd.apache.parquet',
  'csv.zip': 'application/zip',
  'parquet.zip': 'application/zip',
}

const Choice = ({
  name,
  label,
  all,
  chosen,
}: {
  name: string
  label: string
  all: { value: string; said: string }[]
  chosen?: string
}) => {
  const id = useId()
  return (
    <div class="field">
      <label class="field__label" for={id}>
        {label}
      </label>
      <select class="input" id={id} name={name}>
        {all.map(({ value, said }) => (
          <option key={value} value={value} selected={value === chosen}>
            {said}
          </option>
        ))}
      </select>
    </div>
  )
}

/** A text with what it may mean beside it; its code is what is sent. */
const AreaField = () => {
  const id = useId()
  const first = selection.value?.kind === 'area' ? selection.value.code : filters.value.area
  const text = useSignal(first ?? '')
  const found = useAsked(
    text.value.trim()
      ? (signal) => get<{ areas: AreaFound[] }>('/areas/search', { q: text.value.trim() }, signal)
      : null,
    [text.value],
    PAUSE_ms,
  )
  return (
    <>
      <Field
        name="area"
        label={t('report.area')}
        hint={t('report.area_hint')}
        required={false}
        autocomplete="off"
        maxLength={80}
        list={id}
        value={text.value}
        onInput={(event) => {
          text.value = event.currentTarget.value
        }}
      />
      <datalist id={id}>
        {found.value.value?.areas.map((area) => (
          <option key={area.code} value={`${area.name} (${area.code})`}>
            {tOr(`place.${area.level}`, area.level)}
          </option>
        ))}
      </datalist>
    </>
  )
}

const Form = ({ reports, onClose }: { reports: Reports; onClose: () => void }) => {
  const act = useAct()
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    const given = valuesOf(event) as Asked
    const asked = { ...given, area: codeOf(given.area) }
    act.run(async () => {
      announcement.value = t('report.making')
      const bytes = await getBytes('/reports/weekly', asked)
      saveFile(new Blob([bytes], { type: BYTES[asked.format] }), nameOf(asked))
      announcement.value = t('report.done')
    })
  }
  return (
    <form class="form" onSubmit={submit}>
      <Choice
        name="week"
        label={t('report.week')}
        all={reports.weeks.map(({ week, first_day, last_day }) => ({
          value: week,
          said: t('report.week_of', { week, first: first_day, last: last_day }),
        }))}
      />
      <AreaField />
      <Choice
        name="language"
        label={t('report.language')}
        all={reports.languages.map((each) => ({ value: each, said: t(`report.in.${each}`) }))}
        chosen={language.value}
      />
      <Choice
        name="format"
        label={t('report.format')}
        all={reports.formats.map((each) => ({ value: each, said: tOr(`report.as.${each}`, each) }))}
      />
      {act.isBusy.value && <Notice tone="info">{t('report.making')}</Notice>}
      {act.problem.value && <Notice tone="bad">{act.problem.value}</Notice>}
      <footer class="dialog__foot">
        <button type="button" class="button" onClick={onClose}>
          {t('close')}
        </button>
        <button type="submit" class="button button--primary" aria-disabled={act.isBusy.value}>
          {t('report.download')}
        </button>
      </footer>
    </form>
  )
}

const ReportDialog = ({ onClose }: { onClose: () => void }) => {
  const asked = useAsked((signal) => get<Reports>('/reports', {}, signal), [])
  return (
    <Dialog title={t('report.title')} onClose={onClose}>
      <Loaded asked={asked}>
        {(reports) =>
          reports.weeks.length ? (
            <Form reports={reports} onClose={onClose} />
          ) : (
            <p class="empty">{t('report.no_week')}</p>
          )
        }
      </Loaded>
    </Dialog>
  )
}

export default ReportDialog
