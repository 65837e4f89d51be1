/** Somebody found out whether a letter went out. */
import { useSignal } from '@preact/signals'
import { t } from '../../i18n'
import { Confirm } from '../shared/Confirm'

type Props = {
  letter: string
  recipient: string
  onSettle: (sent: boolean, why: string) => Promise<unknown>
  onClose: () => void
}

export const SettleDialog = ({ letter, recipient, onSettle, onClose }: Props) => {
  const sent = useSignal(true)
  return (
    <Confirm
      title={t('outbox.resolve_title')}
      action={t('save')}
      why="needed"
      about={`settle ${letter}`}
      onConfirm={(why) => onSettle(sent.value, why)}
      onClose={onClose}
    >
      <p>{t('outbox.resolve_what', { recipient })}</p>
      <fieldset class="choices">
        <legend class="for-readers">{t('outbox.resolve_title')}</legend>
        {([true, false] as const).map((each) => (
          <label key={String(each)} class="check">
            <input
              type="radio"
              name="sent"
              checked={sent.value === each}
              onChange={() => {
                sent.value = each
              }}
            />
            {t(each ? 'outbox.went_out' : 'outbox.did_not')}
          </label>
        ))}
      </fieldset>
    </Confirm>
  )
}
