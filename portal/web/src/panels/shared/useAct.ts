/** Something a person does: one at a time, with what the server says against it. */
import { type Signal, useSignal } from '@preact/signals'
import { errorInWords } from '../../i18n/said'
import { noticeSignedOut } from './useAsked'

type Acting = {
  isBusy: Signal<boolean>
  problem: Signal<string | null>
  run: (what: () => Promise<unknown>) => Promise<boolean>
}

export const useAct = (after: () => void = () => undefined): Acting => {
  const isBusy = useSignal(false)
  const problem = useSignal<string | null>(null)
  const run = async (what: () => Promise<unknown>) => {
    if (isBusy.value) return false
    isBusy.value = true
    problem.value = null
    try {
      await what()
      after()
      return true
    } catch (error) {
      problem.value = errorInWords(error)
      noticeSignedOut(error)
      return false
    } finally {
      isBusy.value = false
    }
  }
  return { isBusy, problem, run }
}
