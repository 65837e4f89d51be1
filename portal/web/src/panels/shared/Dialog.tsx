/** A native dialog: it keeps the focus, Escape closes it. */
import type { ComponentChildren } from 'preact'
import { useEffect, useId, useRef } from 'preact/hooks'
import { t } from '../../i18n'
import { CrossIcon } from './icons'

type Props = { title: string; onClose: () => void; children: ComponentChildren; size?: 'narrow' | 'wide' }

/** The focus goes back to what opened it; where that is gone, as after a decision, to the part that it was in. */
const giveBack = (opener: Element | null, part: HTMLElement | null | undefined) =>
  setTimeout(() => {
    const to = opener?.isConnected ? opener : part
    if (!(to instanceof HTMLElement)) return
    if (to === part) to.tabIndex = -1
    to.focus()
  })

export const Dialog = ({ title, onClose, children, size = 'narrow' }: Props) => {
  const box = useRef<HTMLDialogElement>(null)
  const id = useId()
  useEffect(() => {
    const opener = document.activeElement
    const part = opener?.closest<HTMLElement>('section')
    box.current?.showModal()
    return () => {
      giveBack(opener, part)
    }
  }, [])
  return (
    <dialog ref={box} class={`dialog dialog--${size}`} aria-labelledby={id} onClose={onClose}>
      <div class="dialog__head">
        <h2 id={id}>{title}</h2>
        <button type="button" class="icon-button" aria-label={t('close')} onClick={onClose}>
          <CrossIcon />
        </button>
      </div>
      {children}
    </dialog>
  )
}
