import { describe, expect, it } from 'vitest'
import { CHANGE_BREAKS, classOf, densityBreaks, excessBreaks, quantile } from './classes'

const even = (from: number, to: number, count: number) =>
  Float32Array.from({ length: count }, (_, i) => from + ((to - from) * i) / (count - 1))
const steep = (from: number, to: number, count: number) =>
  Float32Array.from({ length: count }, (_, i) => from * (to / from) ** (i / (count - 1)))

// The expected bounds are what crowd.picture.classes.class_bounds gives for the same densities.
describe('classes of density', () => {
  it('are 1-3-10 steps over a wide range, at most seven', () => {
    expect(densityBreaks(steep(0.5, 60000, 999))).toEqual([30, 100, 300, 1000, 3000, 10000, 30000])
  })
  it('leave out steps below the lowest hexagons', () => {
    expect(densityBreaks(Float32Array.from([7, 30, 100, 450, 900, 3000, 17000]))).toEqual([
      10, 30, 100, 300, 1000, 3000, 10000,
    ])
  })
  it('are 1-2-5 steps over a narrow range', () => {
    expect(densityBreaks(even(100, 400, 50))).toEqual([200])
  })
  it('are two classes for a single density', () => {
    expect(densityBreaks(Float32Array.from([5]))).toEqual([2])
  })
  it('know nothing of an empty map, of nobody and of what is not known', () => {
    expect(densityBreaks(new Float32Array())).toEqual([])
    expect(densityBreaks(Float32Array.from([0, Number.NaN]))).toEqual([])
  })
})

describe('classes of excess', () => {
  it('are the same below and above the usual', () => {
    const breaks = excessBreaks(even(-4000, 2500, 500))
    expect(breaks).toEqual([-3000, -1000, -300, 300, 1000, 3000])
    expect(breaks.map((each) => -each).reverse()).toEqual(breaks)
  })
  it('rise also where hardly anything differs from the usual', () => {
    expect(excessBreaks(Float32Array.from([0.001, -0.001]))).toEqual([-0.1, -0.03, -0.01, 0.01, 0.03, 0.1])
  })
})

describe('the class of a value', () => {
  it('above a bound begins at the bound', () => {
    expect(
      [0.1, 0.25, 1, 1.25, 3.9, 4, Number.POSITIVE_INFINITY].map((value) => classOf(value, CHANGE_BREAKS)),
    ).toEqual([0, 1, 3, 4, 5, 6, 6])
  })
})

it('quantiles lie between the two nearest values', () => {
  expect(quantile(Float64Array.from([10, 20, 30]), 0.25)).toBe(15)
})
