/** The letters of a warning in the outbox, each with where it stands. */
import type { Letter, WholeWarning } from '../../api'
import { t } from '../../i18n'
import { inWords } from '../../i18n/said'
import { clock } from '../../i18n/times'
import { letterState, phonesOf, recipientOf } from '../sidebar/Outbox'

const phonesInWords = (letter: Letter) => {
  const recipients = phonesOf(letter)
  if (!recipients) return null
  return letter.confirmed === null
    ? t('letters.to', { recipients })
    : t('letters.confirmed', { confirmed: letter.confirmed, recipients })
}

export const Letters = ({ whole: { letters } }: { whole: WholeWarning }) => (
  <section class="part">
    <h3>{t('letters.title')}</h3>
    <ul class="list list--boxed">
      {letters.map((letter) => (
        <li key={letter.key} class="post">
          <span class="item__head">
            <strong>{recipientOf(letter)}</strong>
            <span class="quiet">{letter.channel}</span>
            <span class={`state state--${letter.state}`}>{letterState(letter)}</span>
          </span>
          <span class="quiet">
            {[phonesInWords(letter), letter.sent_at && clock(letter.sent_at)].filter(Boolean).join(' · ')}
          </span>
          {letter.what_to_do && <span>{inWords(letter.what_to_do)}</span>}
        </li>
      ))}
    </ul>
  </section>
)
