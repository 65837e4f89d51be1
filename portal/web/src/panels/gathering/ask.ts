import { ApiError, type GatheringDetail, get } from '../../api'

/** A gathering at an hour; at an hour before it began, as it was last. */
export const askGathering = async (id: string, hour: string | null, signal: AbortSignal) => {
  const path = `/gatherings/${encodeURIComponent(id)}`
  try {
    return await get<GatheringDetail>(path, { at: hour }, signal)
  } catch (error) {
    if (!(error instanceof ApiError && error.status === 404 && hour)) throw error
    return get<GatheringDetail>(path, {}, signal)
  }
}
