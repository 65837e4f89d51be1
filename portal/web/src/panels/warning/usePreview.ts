/** What a draft would be like with the changes, asked a moment after the last of them. */
import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { ApiError, type Change, type Preview, post, type WholeWarning } from '../../api'
import { complaintsOf, errorInWords } from '../../i18n/said'
import { isEmpty } from './edited'
import { path } from './useWarning'

const PAUSE_ms = 400

const sentences = (error: unknown) =>
  error instanceof ApiError ? complaintsOf(error.message) : [errorInWords(error)]

export const usePreview = (whole: WholeWarning, change: Change) => {
  const preview = useSignal<Preview | null>(null)
  const complaints = useSignal<string[]>([])
  const isChecking = useSignal(false)
  const told = JSON.stringify(change)
  useEffect(() => {
    let isOld = false
    const ask = async () => {
      try {
        const answer = await post<Preview>(`${path(whole.listed.id)}/preview`, change)
        if (isOld) return
        preview.value = answer
        complaints.value = []
      } catch (error) {
        if (!isOld) complaints.value = sentences(error)
      }
      if (!isOld) isChecking.value = false
    }
    if (isEmpty(change)) {
      preview.value = null
      complaints.value = []
      isChecking.value = false
      return
    }
    isChecking.value = true
    const timer = setTimeout(ask, PAUSE_ms)
    return () => {
      isOld = true
      clearTimeout(timer)
    }
  }, [told, whole.listed.version])
  return { preview: preview.value, complaints: complaints.value, isChecking: isChecking.value }
}
