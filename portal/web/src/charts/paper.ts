/** The sheet that a chart is drawn on. */
import { type ChartHour, mostPeople } from './hours'
import { linear, type Scale, ticksTo } from './scale'

export const HEIGHT_px = 168
export const MARGIN = { top: 12, right: 8, bottom: 24, left: 44 }

export type Paper = { x: Scale; y: Scale; hours: ChartHour[]; ticks: number[]; width: number }

export const paperOf = (hours: ChartHour[], width: number): Paper => {
  const ticks = ticksTo(mostPeople(hours))
  const x = linear([-0.5, hours.length - 0.5], [MARGIN.left, width - MARGIN.right])
  const y = linear([0, ticks[ticks.length - 1]], [HEIGHT_px - MARGIN.bottom, MARGIN.top])
  return { x, y, hours, ticks, width }
}
