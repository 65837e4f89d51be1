/** What happened, by whom and why, the latest first. */
import type { WholeWarning } from '../../api'
import { t, tOr } from '../../i18n'
import { inWords } from '../../i18n/said'
import { dayAndClock } from '../../i18n/times'
import { session } from '../../state'

export type Happened = WholeWarning['story'][number]

/** A policy or a part of Kerumun signs with a prefix; people with their account. */
export const whoInWords = (who: string) => {
  if (who.startsWith('kerumun:')) return t('story.by_kerumun')
  if (who.startsWith('policy:')) return t('story.by_policy', { rule: who.slice('policy:'.length) })
  return who.replace(/ \(at (\S+)\)$/, ' ($1)')
}

/** Whether a step of the story was taken by whoever is signed in here. */
export const isOwn = (who: string) => {
  const account = session.value?.account
  return account ? who === account.name || who.endsWith(` (at ${account.login})`) : false
}

export const stepInWords = ({ what, after }: Happened) => {
  const [verb, ...object] = what.split(' ')
  if (verb === 'message') {
    const state = after ? tOr(`letter.state.${after}`, after) : ''
    return t('story.message', { what: [object.join(' '), state].filter(Boolean).join(': ') })
  }
  if (verb === 'account' || verb === 'token') return tOr(`story.${verb}.${object[0]}`, what)
  return [tOr(`story.${verb}`, verb), object[0] === 'to' ? '' : object.join(' ')].filter(Boolean).join(' · ')
}

export const Story = ({ entries }: { entries: Happened[] }) => (
  <ol class="story" reversed>
    {entries.toReversed().map((each, at) => (
      <li key={`${each.at} ${each.what} ${at}`}>
        <time dateTime={each.at} class="quiet">
          {dayAndClock(each.at)}
        </time>
        <span>
          <strong>{whoInWords(each.who)}</strong>: {stepInWords(each)}
          {each.why && <span class="story__why quiet">“{inWords(each.why)}”</span>}
        </span>
      </li>
    ))}
  </ol>
)
