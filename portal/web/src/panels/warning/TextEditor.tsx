/** The messages as they are typed, with the SMS that each would take. */
import { useId, useLayoutEffect, useRef } from 'preact/hooks'
import type { Preview, WholeWarning } from '../../api'
import { t } from '../../i18n'
import { edited, write } from './edited'
import { languageName, SegmentCount } from './Messages'

const LONGEST = 2000

type OneProps = { code: string; text: string; count: WholeWarning['segments'][string] | undefined }

/** A message is seen whole, however long it is. */
const useWholeHeight = (text: string) => {
  const box = useRef<HTMLTextAreaElement>(null)
  useLayoutEffect(() => {
    const its = box.current
    if (!its) return
    its.style.height = 'auto'
    its.style.height = `${its.scrollHeight + its.offsetHeight - its.clientHeight}px`
  }, [text])
  return box
}

const One = ({ code, text, count }: OneProps) => {
  const id = useId()
  const box = useWholeHeight(text)
  const change = (value: string) => write({ texts: { ...edited.value?.texts, [code]: value } })
  return (
    <div class="field">
      <label class="field__label" for={id}>
        {t('edit.text', { language: languageName(code) })}
      </label>
      <textarea
        ref={box}
        id={id}
        class="input input--message"
        lang={code}
        rows={4}
        maxLength={LONGEST}
        value={text}
        onInput={(event) => change(event.currentTarget.value)}
      />
      {count && <SegmentCount count={count} />}
    </div>
  )
}

export const TextEditor = ({ whole, preview }: { whole: WholeWarning; preview: Preview | null }) => (
  <>
    {Object.entries(edited.value?.texts ?? whole.texts).map(([code, text]) => (
      <One key={code} code={code} text={text} count={preview?.segments[code] ?? whole.segments[code]} />
    ))}
  </>
)
