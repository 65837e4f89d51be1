/** Classes of what is drawn: their bounds. The same rule as the pictures that `kerumun export` draws. */

const MOST_BREAKS = 7
const FEWEST_BREAKS = 4
const stepsOf = (digits: number[]) =>
  Array.from({ length: 10 }, (_, power) => digits.map((digit) => Number(`${digit}e${power - 2}`))).flat()
const COARSE_STEPS = stepsOf([1, 3])
const FINE_STEPS = stepsOf([1, 2, 5])
/** Of change against the usual: a quarter to four times; the middle class is "about as usual". */
export const CHANGE_BREAKS = [0.25, 0.5, 0.8, 1.25, 2, 4]

/** A quantile between the two nearest values, as numpy's default gives it. */
export const quantile = (sorted: Float32Array | Float64Array, share: number) => {
  const at = share * (sorted.length - 1)
  const below = Math.floor(at)
  const above = Math.min(below + 1, sorted.length - 1)
  return sorted[below] + (at - below) * (sorted[above] - sorted[below])
}

/** Known numbers above zero, the smallest first. */
const positive = (values: Float32Array) => values.filter((value) => value > 0).sort()

/**
 * Inner bounds of the classes of a density: 1-3-10 steps, or 1-2-5 where the range is narrow.
 *
 * The lowest 2 % and the highest 0.5 % of the hexagons add no step of their own.
 */
export const densityBreaks = (perKm2: Float32Array): number[] => {
  const sorted = positive(perKm2)
  if (sorted.length === 0) return []
  const [low, high] = [quantile(sorted, 0.02), quantile(sorted, 0.995)]
  const within = (steps: number[]) => steps.filter((step) => low < step && step < high)
  const coarse = within(COARSE_STEPS)
  const steps = coarse.length < FEWEST_BREAKS ? within(FINE_STEPS) : coarse
  if (steps.length > 0) return steps.slice(-MOST_BREAKS)
  const highest = sorted[sorted.length - 1]
  return FINE_STEPS.filter((step) => highest > step).slice(-1)
}

/** Inner bounds of the classes of a difference: three steps below zero and the same above. */
export const excessBreaks = (perKm2: Float32Array): number[] => {
  const sorted = positive(perKm2.map(Math.abs))
  if (sorted.length === 0) return []
  const top = COARSE_STEPS.findLastIndex((step) => step < quantile(sorted, 0.995))
  const steps = COARSE_STEPS.slice(Math.max(top - 2, 0), Math.max(top, 2) + 1)
  return [...steps.toReversed().map((step) => -step), ...steps]
}

/** Class (0: lowest) of a value; a bound belongs to the class above it. */
export const classOf = (value: number, breaks: number[]) => {
  let its = 0
  while (its < breaks.length && value >= breaks[its]) its += 1
  return its
}
