import { useSignal } from '@preact/signals'
import { t } from '../../i18n'
import { announcement } from '../../state'

const SHOWN_MS = 2000

/** Copies a text and says so. */
export const CopyButton = ({ text, label }: { text: string; label: string }) => {
  const isCopied = useSignal(false)
  const copy = async () => {
    await navigator.clipboard.writeText(text)
    isCopied.value = true
    announcement.value = t('copied')
    setTimeout(() => {
      isCopied.value = false
    }, SHOWN_MS)
  }
  return (
    <button type="button" class="button" onClick={copy}>
      {isCopied.value ? t('copied') : label}
    </button>
  )
}
