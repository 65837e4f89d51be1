import { at } from '../../state'

/** Puts an hour on the map. */
export const showHour = (hour: string) => {
  at.value = hour
}
