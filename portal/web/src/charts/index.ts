export { HourChart } from './HourChart'
export { type ChartHour, everyHour } from './hours'
