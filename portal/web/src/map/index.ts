export { Downloads } from './Downloads'
export { MapArea } from './MapArea'
