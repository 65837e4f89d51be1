/** The gathering that a warning is about, as it was when the warning was drafted, and both on the map. */
import { batch } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { type GatheringDetail, get, type WholeWarning } from '../../api'
import { cellEdit, lakeVersion, onMap, targets } from '../../state'
import { hoursOf } from '../gathering/ask'
import { useAsked } from '../shared/useAsked'

export const useGathering = (whole: WholeWarning) => {
  const { listed, interval_start, outline, cells } = whole
  const path = `/gatherings/${encodeURIComponent(listed.gathering_id)}`
  const asked = useAsked(
    (signal) => get<GatheringDetail>(path, { at: interval_start }, signal),
    [path, interval_start, lakeVersion.value],
  )
  const gathering = asked.value.value
  useEffect(() => {
    const hours = new Set([interval_start, ...(gathering ? hoursOf(gathering) : [])])
    batch(() => {
      if (!cellEdit.peek()) targets.value = cells
      onMap.value = { of: `warning ${listed.id}`, ground: outline, hours }
    })
  }, [whole, gathering])
  return gathering
}
