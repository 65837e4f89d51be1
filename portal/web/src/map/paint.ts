/** From figures to colours, one per corner of each hexagon. */
import type { Measure, Theme } from '../state'
import { classOf } from './classes'
import { colours, NO_FIGURE, rgb } from './colours'
import { type HourOfHexagons, valuesOf } from './hour'

const OPAQUE = 235
/** Below this share of the usual devices a figure is marked as resting on part of the cells only. */
export const ENOUGH_COVERAGE = 0.7

/** Four bytes of a colour as one number, in the order that typed arrays keep them on every machine we run on. */
const packed = (hex: string) => {
  const [red, green, blue] = rgb(hex)
  return ((OPAQUE << 24) | (blue << 16) | (green << 8) | red) >>> 0
}

/** The class of each row; -1 where there is no figure. */
export const classesOf = (values: Float32Array, breaks: number[]) =>
  Int8Array.from(values, (value) => (Number.isNaN(value) ? -1 : classOf(value, breaks)))

/** Colours of all corners of the mesh; hexagons that this hour does not have stay clear. */
export const paint = (hour: HourOfHexagons, measure: Measure, breaks: number[], theme: Theme): Uint8Array => {
  const { startIndices } = hour.mesh.buffers
  const corners = new Uint32Array(startIndices[startIndices.length - 1])
  const palette = colours(measure, breaks.length + 1, theme).map(packed)
  const none = packed(NO_FIGURE[theme])
  const classes = classesOf(valuesOf(hour, measure), breaks)
  hour.slots.forEach((slot, row) => {
    corners.fill(palette[classes[row]] ?? none, startIndices[slot], startIndices[slot + 1])
  })
  return new Uint8Array(corners.buffer)
}

/** Slots of the hexagons whose figure rests on part of the cells only. */
export const uncoveredSlots = (hour: HourOfHexagons) =>
  hour.slots.filter((_, row) => hour.coverage[row] < ENOUGH_COVERAGE)
