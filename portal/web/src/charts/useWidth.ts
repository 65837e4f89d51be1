import { useSignal } from '@preact/signals'
import type { RefObject } from 'preact'
import { useEffect } from 'preact/hooks'

const AT_FIRST_px = 320

/** How wide an element is, so that text in a drawing keeps its size. */
export const useWidth = (box: RefObject<HTMLElement>) => {
  const width = useSignal(AT_FIRST_px)
  useEffect(() => {
    if (!box.current) return
    const watch = new ResizeObserver(([entry]) => {
      width.value = Math.max(Math.round(entry.contentRect.width), 200)
    })
    watch.observe(box.current)
    return () => watch.disconnect()
  }, [])
  return width
}
