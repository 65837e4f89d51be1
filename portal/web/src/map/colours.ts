/** Colours of the classes. Every scale reads the same with every kind of colour blindness. */
import type { Measure, Theme } from '../state'

/**
 * matplotlib's cividis at even steps, by the number of classes; the same colours as in the exported pictures.
 * Its lightness rises evenly, so it can be read in greyscale too. First is pale: few people.
 */
const CIVIDIS: string[][] = [
  [],
  ['#fee838'],
  ['#fee838', '#00224e'],
  ['#fee838', '#7c7b78', '#00224e'],
  ['#fee838', '#a59c74', '#575d6d', '#00224e'],
  ['#fee838', '#bbad6d', '#7c7b78', '#424e6c', '#00224e'],
  ['#fee838', '#c8b866', '#948e77', '#666970', '#35456c', '#00224e'],
  ['#fee838', '#d2c060', '#a59c74', '#7c7b78', '#575d6d', '#2a3f6d', '#00224e'],
  ['#fee838', '#d9c55c', '#b1a570', '#8e8978', '#6c6e72', '#4c556c', '#213b6e', '#00224e'],
]

/** Green to purple, below to above: the reds and oranges of the gatherings stand on both. */
const DIVERGING: Record<Theme, string[]> = {
  light: ['#00562a', '#449b52', '#a9d8a4', '#eceae6', '#cdb2d6', '#8d579d', '#40004b'],
  dark: ['#8fe39b', '#449b52', '#2b5a3a', '#363a44', '#5f4272', '#9c62b4', '#e3b5f4'],
}
export const NO_FIGURE: Record<Theme, string> = { light: '#c9ced6', dark: '#4b5260' }

/** On a dark ground many people are bright, so that the centre of a city does not sink into it. */
export const colours = (measure: Measure, classes: number, theme: Theme): string[] => {
  if (measure !== 'density') return classes === 7 ? DIVERGING[theme] : [DIVERGING[theme][3]]
  const pale = CIVIDIS[Math.min(classes, CIVIDIS.length - 1)]
  return theme === 'light' ? pale : pale.toReversed()
}

export type Rgb = [red: number, green: number, blue: number]
export const rgb = (hex: string): Rgb => [
  Number.parseInt(hex.slice(1, 3), 16),
  Number.parseInt(hex.slice(3, 5), 16),
  Number.parseInt(hex.slice(5, 7), 16),
]
