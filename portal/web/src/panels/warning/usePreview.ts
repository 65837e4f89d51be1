/** What a draft would be like with the changes, asked a moment after the last of them. */
import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { askUntilAnswered } from '../../again'
import { ApiError, type Change, type Preview, post, type WholeWarning } from '../../api'
import { complaintsOf, errorInWords } from '../../i18n/said'
import { dropUnknown, isEmpty } from './edited'
import { path } from './useWarning'

const PAUSE_ms = 400

const sentences = (error: unknown) =>
  error instanceof ApiError && error.status < 500 ? complaintsOf(error.message) : [errorInWords(error)]

export const usePreview = (whole: WholeWarning, change: Change) => {
  const preview = useSignal<Preview | null>(null)
  const failure = useSignal<unknown>(null)
  const isChecking = useSignal(false)
  const told = JSON.stringify(change)
  useEffect(() => {
    const stop = new AbortController()
    const fail = (error: unknown) => {
      // Without that cell it is another change, which is asked about by itself.
      if (error instanceof ApiError && dropUnknown(error.message)) return
      failure.value = error
      isChecking.value = false
    }
    const ask = async () => {
      const once = () => post<Preview>(`${path(whole.listed.id)}/preview`, change)
      try {
        preview.value = await askUntilAnswered(once, stop.signal, fail)
      } catch {
        return // It was changed again.
      }
      failure.value = null
      isChecking.value = false
    }
    if (isEmpty(change)) {
      preview.value = null
      failure.value = null
      isChecking.value = false
      return
    }
    isChecking.value = true
    const timer = setTimeout(ask, PAUSE_ms)
    return () => {
      stop.abort()
      clearTimeout(timer)
    }
  }, [told, whole.listed.version])
  return {
    preview: preview.value,
    complaints: failure.value ? sentences(failure.value) : [],
    isChecking: isChecking.value,
    /** Whether the preview is of what stands here now. */
    isOld: isChecking.value || failure.value !== null,
  }
}
