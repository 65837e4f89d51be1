/** The lists beside the map. */
import { t } from '../../i18n'
import { Tabs } from '../shared/Tabs'
import { GatheringList } from './GatheringList'
import { Outbox } from './Outbox'
import { isUnread } from './read'
import { Trail } from './Trail'
import { sideTab } from './tab'
import { useLists } from './useLists'
import { WarningList } from './WarningList'

const count = (key: 'tab.unread' | 'tab.waiting' | 'tab.stuck', many: number) => ({
  count: many,
  says: t(key, { count: many }),
})

export const Sidebar = () => {
  const { gatherings, warnings, post } = useLists()
  const unread = gatherings.value.value?.gatherings.filter(isUnread).length ?? 0
  const waiting = warnings.value.value?.filter((each) => each.state === 'draft').length ?? 0
  const stuck = post.value.value?.letters.length ?? 0
  return (
    <section class="side" aria-label={t('side.label')}>
      <Tabs
        label={t('side.label')}
        chosen={sideTab}
        tabs={[
          { id: 'gatherings', label: t('tab.gatherings'), badge: count('tab.unread', unread) },
          { id: 'warnings', label: t('tab.warnings'), badge: count('tab.waiting', waiting) },
          { id: 'outbox', label: t('tab.outbox'), badge: count('tab.stuck', stuck) },
          { id: 'trail', label: t('tab.trail') },
        ]}
      >
        {sideTab.value === 'gatherings' && <GatheringList asked={gatherings} />}
        {sideTab.value === 'warnings' && <WarningList open={warnings} />}
        {sideTab.value === 'outbox' && <Outbox asked={post} />}
        {sideTab.value === 'trail' && <Trail />}
      </Tabs>
    </section>
  )
}
