import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { serverNow } from '../../live'

/** The time now by the server's clock, renewed every so often. */
export const useNow = (every_ms: number) => {
  const now_ms = useSignal(serverNow())
  useEffect(() => {
    const timer = setInterval(() => {
      now_ms.value = serverNow()
    }, every_ms)
    return () => clearInterval(timer)
  }, [every_ms])
  return now_ms.value
}
