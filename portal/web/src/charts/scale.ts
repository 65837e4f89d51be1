/** From hours and people to places on the paper. */

export type Scale = { (value: number): number; back: (place: number) => number }

export const linear = (from: [number, number], to: [number, number]): Scale => {
  const slope = (to[1] - to[0]) / (from[1] - from[0] || 1)
  const scale = (value: number) => to[0] + (value - from[0]) * slope
  return Object.assign(scale, { back: (place: number) => from[0] + (place - to[0]) / (slope || 1) })
}

/** Round numbers from 0 to at least `most`, four or so: steps of 1, 2 or 5 times a power of ten. */
export const ticksTo = (most: number, wanted = 4) => {
  const rough = Math.max(most, 1) / wanted
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = [1, 2, 5, 10].map((each) => each * power).find((each) => each >= rough) ?? 10 * power
  const count = Math.ceil(Math.max(most, 1) / step)
  return Array.from({ length: count + 1 }, (_, at) => at * step)
}
