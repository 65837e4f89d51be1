/** The kill switch: nothing more goes out, or it goes on. */
import { post, type Status } from '../../api'
import { t } from '../../i18n'
import { announcement, status } from '../../state'
import { Confirm } from '../shared/Confirm'

type Props = { what: 'pause' | 'resume'; onClose: () => void }

const throwSwitch = async (what: Props['what'], why: string) => {
  const sending = await post<Status['sending']>(`/sending/${what}`, { why })
  if (status.value) status.value = { ...status.value, sending }
  announcement.value = t(`${what}.done`)
}

export const PauseDialog = ({ what, onClose }: Props) => (
  <Confirm
    title={t(`${what}.title`)}
    action={t(`${what}.button`)}
    tone={what === 'pause' ? 'danger' : 'primary'}
    why="needed"
    about={what}
    onConfirm={(why) => throwSwitch(what, why)}
    onClose={onClose}
  >
    <p>{t(`${what}.what`)}</p>
  </Confirm>
)
