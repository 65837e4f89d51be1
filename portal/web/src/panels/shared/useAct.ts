/** Something a person does: one at a time, with what the server says against it. */
import { type ReadonlySignal, type Signal, useComputed, useSignal } from '@preact/signals'
import { errorInWords } from '../../i18n/said'
import { noticeSignedOut } from './useAsked'

type Acting = {
  isBusy: Signal<boolean>
  problem: ReadonlySignal<string | null>
  run: (what: () => Promise<unknown>) => Promise<boolean>
}

export const useAct = (after: () => void = () => undefined): Acting => {
  const isBusy = useSignal(false)
  const failure = useSignal<unknown>(null)
  const problem = useComputed(() => (failure.value ? errorInWords(failure.value) : null))
  const run = async (what: () => Promise<unknown>) => {
    if (isBusy.value) return false
    isBusy.value = true
    failure.value = null
    try {
      await what()
      after()
      return true
    } catch (error) {
      failure.value = error
      noticeSignedOut(error)
      return false
    } finally {
      isBusy.value = false
    }
  }
  return { isBusy, problem, run }
}
