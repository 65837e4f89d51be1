/** What happened to a gathering, in order. */
import type { GatheringDetail } from '../../api'
import { t, tOr } from '../../i18n'
import { dayAndClock } from '../../i18n/times'
import { selection } from '../../state'
import { levelWord } from '../shared/Level'

type Event = GatheringDetail['events'][number]

const told = ({ event, level, level_before }: Event) =>
  tOr(`event.${event}`, event, {
    level: levelWord(level ?? 'normal'),
    before: levelWord(level_before ?? 'normal'),
  })

const Other = ({ id }: { id: string }) => (
  <button
    type="button"
    class="link-button"
    onClick={() => {
      selection.value = { kind: 'gathering', id }
    }}
  >
    {t('event.other')}
  </button>
)

export const Events = ({ events }: { events: Event[] }) =>
  events.length ? (
    <section class="part">
      <h3>{t('gathering.events')}</h3>
      <ol class="story">
        {events.map((each) => (
          <li key={`${each.at} ${each.event}`}>
            <time dateTime={each.at} class="quiet">
              {dayAndClock(each.at)}
            </time>
            <span>
              {told(each)} {each.other_id && <Other id={each.other_id} />}
            </span>
          </li>
        ))}
      </ol>
    </section>
  ) : null
