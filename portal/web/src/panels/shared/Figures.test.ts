import { beforeEach, expect, it } from 'vitest'
import { language } from '../../state'
import { type Known, scoreInWords } from './Figures'

beforeEach(() => {
  language.value = 'en'
})

const known = (score: number | null, usual: number | null): Known => ({
  people: 500,
  people_low: 400,
  people_high: 600,
  usual,
  excess: null,
  score,
  coverage: 1,
})

it.each([
  [7.1, 200, 'very unusual (score 7.1)'],
  [7.1, 450, 'score 7.1; the usual lies within the range'],
  [-3, 450, 'score -3; the usual lies within the range'],
  [1.2, 450, 'as usual (score 1.2)'],
  [2.5, null, 'somewhat unusual (score 2.5)'],
  [null, 450, 'not known yet'],
])('a score of %s beside a usual number of %s is %s', (score, usual, said) => {
  expect(scoreInWords(known(score, usual))).toBe(said)
})
