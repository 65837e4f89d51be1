/** Letters that do not go on by themselves, and what can be done about each. */
import { useSignal } from '@preact/signals'
import { type Letter, type Post, post, type Waiting } from '../../api'
import { t, tOr } from '../../i18n'
import { number, rounded } from '../../i18n/numbers'
import { inWords } from '../../i18n/said'
import { dayAndClock } from '../../i18n/times'
import { announcement, may, selection, status } from '../../state'
import { Confirm } from '../shared/Confirm'
import { Loaded } from '../shared/Loaded'
import { Notice } from '../shared/Notice'
import type { Asked } from '../shared/useAsked'
import { SettleDialog } from './SettleDialog'

const path = (letter: Letter, what: 'retry' | 'resolve') =>
  `/outbox/${encodeURIComponent(letter.key)}/${what}`
/** Keys begin with the warning that they belong to. */
const warningOf = ({ key }: Letter) => key.split('.')[0]

export const recipientOf = ({ recipient }: Letter) =>
  recipient === 'public' ? t('letter.public') : recipient

/** A folder takes everything: that an operator has it, only a receipt tells. */
export const letterState = ({ channel, state }: Letter) =>
  channel === 'folder' && state === 'accepted' ? t('letter.state.laid') : tOr(`letter.state.${state}`, state)

/** Phones that it is for, about as many; a public message is for whoever reads it. */
export const phonesOf = ({ recipient, recipients }: Letter) =>
  recipient === 'public' || recipients === 0 ? null : number(rounded(recipients))

const Actions = ({ letter, reload }: { letter: Letter; reload: () => void }) => {
  const asking = useSignal<'retry' | 'resolve' | null>(null)
  const close = () => (asking.value = null)
  const act = async (what: 'retry' | 'resolve', body: object) => {
    await post(path(letter, what), body)
    announcement.value = t('outbox.done')
    reload()
  }
  const told = { recipient: recipientOf(letter), channel: letter.channel, phones: phonesOf(letter) }
  return (
    <>
      {letter.state === 'failed' && (
        <button type="button" class="button" onClick={() => (asking.value = 'retry')}>
          {t('outbox.retry')}
        </button>
      )}
      {letter.state === 'unknown' && (
        <button type="button" class="button button--primary" onClick={() => (asking.value = 'resolve')}>
          {t('outbox.resolve')}
        </button>
      )}
      {asking.value === 'retry' && (
        <Confirm
          title={t('outbox.retry_title')}
          action={t('outbox.retry')}
          why="needed"
          about={`retry ${letter.key}`}
          onConfirm={(why) => act('retry', { why })}
          onClose={close}
        >
          <p>
            {t(told.phones ? 'outbox.retry_what' : 'outbox.retry_public', {
              ...told,
              phones: told.phones ?? '',
            })}
          </p>
        </Confirm>
      )}
      {asking.value === 'resolve' && (
        <SettleDialog
          letter={letter.key}
          recipient={told.recipient}
          onSettle={(sent, why) => act('resolve', { sent, why })}
          onClose={close}
        />
      )}
    </>
  )
}

const Facts = ({ letter }: { letter: Letter }) => (
  <dl class="facts">
    {letter.said && (
      <>
        <dt>{t('outbox.said')}</dt>
        <dd>{inWords(letter.said)}</dd>
      </>
    )}
    {letter.what_to_do && (
      <>
        <dt>{t('outbox.to_do')}</dt>
        <dd>{inWords(letter.what_to_do)}</dd>
      </>
    )}
  </dl>
)

const Row = ({ letter, reload }: { letter: Letter; reload: () => void }) => (
  <li class="post">
    <h2 class="post__title">
      {recipientOf(letter)} <span class="quiet">· {letter.channel}</span>
      <span class={`state state--${letter.state}`}>{letterState(letter)}</span>
    </h2>
    <p class="quiet">
      {[
        phonesOf(letter) && t('letters.to', { recipients: phonesOf(letter) ?? '' }),
        t('outbox.attempts', { attempts: letter.attempts }),
      ]
        .filter(Boolean)
        .join(' · ')}
    </p>
    <Facts letter={letter} />
    <div class="row">
      {may.value.decide && <Actions letter={letter} reload={reload} />}
      <button
        type="button"
        class="link-button"
        onClick={() => {
          selection.value = { kind: 'warning', id: warningOf(letter) }
        }}
      >
        {t('warning.title', { id: warningOf(letter) })}
      </button>
    </div>
  </li>
)

/** What goes on by itself, and whether it does. */
const Waits = ({ waiting }: { waiting: Waiting }) => {
  if (waiting.count === 0) return null
  const count = { count: waiting.count }
  if (status.value?.sending.is_paused) return <Notice tone="warn">{t('outbox.waiting_paused', count)}</Notice>
  if (!waiting.is_overdue || !waiting.since)
    return <p class="quiet side__intro">{t('outbox.waiting', count)}</p>
  return <Notice tone="bad">{t('outbox.overdue', { ...count, since: dayAndClock(waiting.since) })}</Notice>
}

export const Outbox = ({ asked }: { asked: Asked<Post> }) => (
  <Loaded asked={asked}>
    {({ letters, waiting }) => (
      <>
        <Waits waiting={waiting} />
        {letters.length === 0 && (
          <p class="empty">{t(waiting.count ? 'outbox.none_stuck' : 'outbox.empty')}</p>
        )}
        {letters.length > 0 && <p class="quiet side__intro">{t('outbox.intro')}</p>}
        <ul class="list">
          {letters.map((letter) => (
            <Row key={letter.key} letter={letter} reload={asked.reload} />
          ))}
        </ul>
      </>
    )}
  </Loaded>
)
