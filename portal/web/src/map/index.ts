/** What the page needs of the map at once; the map itself, the heaviest part, comes after. */
export { Downloads } from './Downloads'
export { MapComing } from './MapComing'
