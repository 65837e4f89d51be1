export { TimeBar } from './TimeBar'
