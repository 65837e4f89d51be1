/** Sentences of the server in the language of the page; one that is not known is shown as it came. */
import { ApiError } from '../api'
import { type Key, t, tOr } from './index'

/** What a sentence looks like, its words here, and the names of what the pattern catches. */
const KNOWN: [RegExp, Key, ...string[]][] = [
  [/takes the role (\w+)/, 'said.needs_role', 'role'],
  [/takes (\d+) SMS, (\d+) allowed: shorten it by (\d+)/, 'said.too_long_by', 'segments', 'most', 'surplus'],
  [
    /takes (\d+) SMS, (\d+) allowed: replace (.+), without which it would take (\d+)/,
    'said.costly',
    'segments',
    'most',
    'what',
    'fewer',
  ],
  [/takes (\d+) SMS, (\d+) allowed/, 'said.too_long', 'segments', 'most'],
  [/holds what no phone shows, (.+): take it out/, 'said.invisible', 'what'],
  [/holds something shaped like (.+): take it out/, 'said.looks_like', 'what'],
  [/^the message is empty/i, 'said.empty'],
  [/^it lacks the emergency number (.+)$/i, 'said.lacks_emergency', 'what'],
  [/^it lacks the official page (.+)$/i, 'said.lacks_page', 'what'],
  [/^it lacks the check code (.+)$/i, 'said.lacks_code', 'what'],
  [/lies in no area with a name/, 'said.no_area'],
  [/^official_page is empty/i, 'said.no_page'],
  [/^sender_name is empty/i, 'said.no_sender'],
  [/^no emergency number is set for regency ([^:]+)/i, 'said.no_emergency', 'what'],
  [/lies in no known regency/, 'said.no_regency'],
  [/^no cell is known to warn/i, 'said.no_cells'],
  [/no loaded cell plan has the cell ([^:]+)/, 'said.cell_unknown', 'what'],
  [/^cell (\S+) is not among the cells/i, 'said.cell_not_listed', 'what'],
  [/^no cell is left to warn/i, 'said.no_cell_left'],
  [/^not known how far these cells reach.*: (.+)$/i, 'said.reach_unknown', 'what'],
  [/^nothing of warning \S+ changes/i, 'said.nothing_changes'],
  [/^you have approved it already/i, 'said.approved_by_you'],
  [/^(.+) has approved warning/i, 'said.approved_by', 'who'],
  [/was approved from the account (\S+) before/, 'said.same_account', 'who'],
  [/has expired: the figures/, 'said.has_expired'],
  [/has nowhere to go/, 'said.nowhere'],
  [/is (\w+)(?::|, and) only a draft can/, 'said.only_draft', 'state'],
  [/has gone out(?::|,) nothing is left/, 'said.went_out'],
  [/is (\w+): there is nothing to cancel/, 'said.nothing_to_cancel', 'state'],
  [/^nothing of it has gone out/i, 'said.not_out'],
  [/^(\S+) takes it back already/i, 'said.taken_back', 'what'],
  [/^mend what it says, then/i, 'said.mend_and_retry'],
  [/^if it went out: 'kerumun/i, 'said.settle'],
  [/^raise daily_cap of (\S+)/i, 'said.raise_cap', 'what'],
  [/^gathering \S+ is (\w+)$/, 'said.gathering_is', 'level'],
  [/^nothing: the time of its warning is over/i, 'said.over'],
  [/^the present password is wrong/i, 'said.wrong_password'],
  [/^a password has at least/i, 'password.short'],
  [/^that password is among the first/i, 'said.guessable'],
  [/is no login: write/, 'said.no_login'],
  [/is no name of a token: write/, 'said.no_token_name'],
  [/is no name to sign with/, 'said.no_name'],
  [/^there is an account (\S+) already/i, 'said.account_there', 'what'],
  [/^there is a token (\S+) already/i, 'said.token_there', 'what'],
  [/is the last admin who can sign in/, 'said.last_admin'],
  [/^(\S+) \((.+)\) gets an account$/, 'said.account_new', 'login', 'name'],
  [/^(\S+) was (\w+), is (\w+)$/, 'said.role_changed', 'login', 'before', 'role'],
  [/^(\S+) is shut out$/, 'said.shut_out', 'login'],
  [/^(\S+) is let in again$/, 'said.let_in', 'login'],
  [/^(\S+) may sign in through the provider$/, 'said.oidc_on', 'login'],
  [/^(\S+) may not sign in through the provider any more$/, 'said.oidc_off', 'login'],
  [/^token (\S+) may read (.+) for (\d+) days$/, 'said.token_made', 'name', 'scopes', 'days'],
  [/^token (\S+) does not hold any more$/, 'said.token_gone', 'name'],
  [/^another report is being made/i, 'said.report_busy'],
  [/^no loaded area has the code ([^:]+)/i, 'said.no_such_area', 'what'],
]

/** Words for what a pattern caught: roles and states have some of their own. */
const caught = (name: string, value: string) => {
  if (name === 'role' || name === 'before') return tOr(`role.${value}`, value)
  if (name === 'level') return tOr(`level.${value}`, value)
  if (name === 'scopes')
    return value
      .split(' ')
      .map((each) => tOr(`scope.${each}`, each))
      .join(', ')
  if (name === 'state') return tOr(`warning.state.${value}`, value).toLowerCase()
  return value
}

const sentenceInWords = (sentence: string): string => {
  for (const [pattern, key, ...names] of KNOWN) {
    const found = pattern.exec(sentence)
    if (found) return t(key, Object.fromEntries(names.map((name, at) => [name, caught(name, found[at + 1])])))
  }
  return sentence
}

const LIST = /(?:message in '(\w+)' cannot go out like that|cannot be approved(?: as it is)?): (.+?)\.?$/

/** Several complaints in one, a sentence each, with the language of the message that they are about. */
export const complaintsOf = (sentence: string) => {
  const [, language, listed] = LIST.exec(sentence) ?? []
  const about = language ? `${tOr(`message.language.${language}`, language)}: ` : ''
  return (listed?.split('; ') ?? [sentence]).map((each) => about + sentenceInWords(each))
}

/** Whatever a sentence says, in one piece. */
export const inWords = (sentence: string) => complaintsOf(sentence).join(' ')

export const errorInWords = (error: unknown) => {
  if (!(error instanceof ApiError)) return t('kind.offline')
  if (error.status === 403 || error.status === 400 || error.status === 422) return inWords(error.message)
  return error.status >= 500 ? t('kind.broken') : tOr(`kind.${error.kind}`, error.message)
}
