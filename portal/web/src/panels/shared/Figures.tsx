/** Figures with their names, and in words what they mean. */
import type { ComponentChildren } from 'preact'
import { t } from '../../i18n'
import { excessInWords, number, peopleInWords, percent, rounded } from '../../i18n/numbers'

export type Known = {
  people: number | null
  people_low: number | null
  people_high: number | null
  usual: number | null
  excess: number | null
  score: number | null
  coverage: number | null
}

const SCORES: [number, 'low' | 'usual' | 'some' | 'high' | 'extreme'][] = [
  [-2, 'low'],
  [2, 'usual'],
  [3, 'some'],
  [6, 'high'],
  [Number.POSITIVE_INFINITY, 'extreme'],
]
const LEAST_COVERAGE = 0.7 // under it a hexagon neither starts nor ends a gathering
const FULL_COVERAGE = 0.995

const isUsualWithin = ({ usual, people_low, people_high }: Known) =>
  usual !== null && people_low !== null && people_high !== null && people_low <= usual && usual <= people_high

/** How far from the usual, measured in its usual spread; no word for what may be as usual. */
export const scoreInWords = (known: Known) => {
  const { score } = known
  if (score === null) return t('score.unknown')
  if (Math.abs(score) >= 2 && isUsualWithin(known)) return t('score.within', { score: number(score, 1) })
  const word = SCORES.find(([below]) => score < below)?.[1] ?? 'extreme'
  return t(`score.${word}`, { score: number(score, 1) })
}

const coverageInWords = (coverage: number | null) => {
  if (coverage === null) return t('unknown')
  const word = coverage < LEAST_COVERAGE ? 'poor' : coverage < FULL_COVERAGE ? 'most' : 'all'
  return t(`coverage.${word}`, { coverage: percent(coverage) })
}

export const Fact = ({ name, children }: { name: string; children: ComponentChildren }) => (
  <div class="fact">
    <dt>{name}</dt>
    <dd>{children}</dd>
  </div>
)

export const Figures = ({ known, children }: { known: Known; children?: ComponentChildren }) => (
  <dl class="figures">
    <Fact name={t('figure.people')}>
      <strong class="figures__main">{peopleInWords(known)}</strong>
    </Fact>
    <Fact name={t('figure.usual')}>{known.usual === null ? t('unknown') : number(rounded(known.usual))}</Fact>
    <Fact name={t('figure.excess')}>{excessInWords(known.excess)}</Fact>
    <Fact name={t('figure.score')}>{scoreInWords(known)}</Fact>
    <Fact name={t('figure.coverage')}>{coverageInWords(known.coverage)}</Fact>
    {children}
  </dl>
)
