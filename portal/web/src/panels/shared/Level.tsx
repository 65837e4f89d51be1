/** A level as letter, word and colour, so that none of them has to carry it alone. */
import { t, tOr } from '../../i18n'

export const Letter = ({ level }: { level: string }) => (
  <span class={`letter letter--${level}`} aria-hidden="true">
    {level === 'clear' ? '✓' : level.charAt(0).toUpperCase()}
  </span>
)

export const levelWord = (level: string) => tOr(`level.${level}`, level)

export const Level = ({ level }: { level: string }) => (
  <span class={`level level--${level}`}>{levelWord(level)}</span>
)

/** With what the word means, for whoever does not live with it. */
export const LevelWithGloss = ({ level }: { level: string }) => (
  <span class="level-gloss">
    <Level level={level} /> <span class="quiet">{t(`gloss.${level}` as 'gloss.awas')}</span>
  </span>
)
