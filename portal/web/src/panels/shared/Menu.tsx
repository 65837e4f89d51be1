/** A button that opens a small sheet; Escape and a click elsewhere close it. */
import { useSignal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { useEffect, useId, useRef } from 'preact/hooks'

type Props = { label: string; icon: ComponentChildren; children: ComponentChildren }

export const Menu = ({ label, icon, children }: Props) => {
  const isOpen = useSignal(false)
  const box = useRef<HTMLDivElement>(null)
  const opener = useRef<HTMLButtonElement>(null)
  const id = useId()
  useEffect(() => {
    if (!isOpen.value) return
    const closeOutside = (event: Event) => {
      if (!box.current?.contains(event.target as Node)) isOpen.value = false
    }
    addEventListener('pointerdown', closeOutside)
    return () => removeEventListener('pointerdown', closeOutside)
  }, [isOpen.value])
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Escape' || !isOpen.value) return
    event.stopPropagation()
    isOpen.value = false
    opener.current?.focus()
  }
  /** The focus goes back to the button, so that a dialog gives it back there. */
  const onClick = (event: Event) => {
    if (!(event.target as Element).closest('.menu__entry, .menu__closes')) return
    isOpen.value = false
    opener.current?.focus()
  }
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: Escape is caught from whatever in it has the focus
    <div class="menu" ref={box} onKeyDown={onKeyDown} onClick={onClick}>
      <button
        type="button"
        ref={opener}
        class="icon-button"
        aria-label={label}
        title={label}
        aria-expanded={isOpen.value}
        aria-controls={id}
        onClick={() => {
          isOpen.value = !isOpen.value
        }}
      >
        {icon}
      </button>
      <div id={id} class="menu__sheet" hidden={!isOpen.value}>
        {children}
      </div>
    </div>
  )
}
