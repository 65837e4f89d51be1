/** A warning as it stands now; says it politely when somebody else changed it. */
import { type ReadonlySignal, signal, useComputed, useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { get, type WholeWarning } from '../../api'
import { t } from '../../i18n'
import { announcement, ledgerVersion } from '../../state'
import { type Asked, useAsked } from '../shared/useAsked'
import { type Happened, isOwn, stepInWords, whoInWords } from './Story'

export const path = (id: string) => `/warnings/${encodeURIComponent(id)}`

/** Versions that came of what was done on this page: no news to whoever did it. */
const ownVersions = signal<ReadonlySet<string>>(new Set())
const versionOf = ({ listed }: WholeWarning) => `${listed.id} ${listed.version}`

export type Open = Asked<WholeWarning> & {
  /** What somebody else did last while this was open, in words. */
  news: ReadonlySignal<string | null>
  /** Take up the answer to what was done here. */
  take: (answer: WholeWarning) => void
}

const toldStep = (step: Happened) => t('story.now', { who: whoInWords(step.who), what: stepInWords(step) })

/** What people did since: messages on their way make entries of their own. */
const lastStep = ({ story }: WholeWarning) =>
  story.findLast((each) => !each.what.startsWith('message')) ?? story.at(-1)

export const useWarning = (id: string): Open => {
  const asked = useAsked((signal) => get<WholeWarning>(path(id), {}, signal), [id, ledgerVersion.value])
  const newStep = useSignal<Happened | null>(null)
  const news = useComputed(() => newStep.value && toldStep(newStep.value))
  const seen = useSignal<string | null>(null)
  const whole = asked.value.value
  useEffect(() => {
    if (!whole) return
    const version = versionOf(whole)
    const isNews = seen.value !== null && seen.value !== version && !ownVersions.value.has(version)
    seen.value = version
    const step = lastStep(whole)
    // The ledger's own word of what was done here may come before the answer to it.
    if (!isNews || !step || isOwn(step.who)) return
    newStep.value = step
    announcement.value = toldStep(step)
  }, [whole])
  const take = (answer: WholeWarning) => {
    ownVersions.value = new Set([...ownVersions.value, versionOf(answer)])
    newStep.value = null
    asked.value.value = answer
  }
  return { ...asked, news, take }
}
