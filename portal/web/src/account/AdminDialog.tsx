/** Accounts of people and tokens of machines; loaded when an admin opens it. */
import { useSignal } from '@preact/signals'
import { t } from '../i18n'
import { Dialog } from '../panels/shared/Dialog'
import { Tabs } from '../panels/shared/Tabs'
import { Accounts } from './Accounts'
import { Tokens } from './Tokens'

const AdminDialog = ({ onClose }: { onClose: () => void }) => {
  const tab = useSignal<'accounts' | 'tokens'>('accounts')
  return (
    <Dialog title={t('admin.title')} onClose={onClose} size="wide">
      <Tabs
        label={t('admin.title')}
        chosen={tab}
        tabs={[
          { id: 'accounts', label: t('admin.accounts') },
          { id: 'tokens', label: t('admin.tokens') },
        ]}
      >
        {tab.value === 'accounts' ? <Accounts /> : <Tokens />}
      </Tabs>
    </Dialog>
  )
}

export default AdminDialog
