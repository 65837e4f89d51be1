/** The messages as a phone shows them, with the SMS that each takes. */
import type { Segments } from '../../api'
import { t, tOr } from '../../i18n'
import { status } from '../../state'

export const languageName = (code: string) => tOr(`message.language.${code}`, code)

/** Septets or 16-bit units in each SMS of a message, alone and joined with others. */
const CAPACITIES: Record<string, { alone: number; joined: number }> = {
  gsm7: { alone: 160, joined: 153 },
  ucs2: { alone: 70, joined: 67 },
}

/** How many characters too many there are for that many SMS. */
export const surplusOf = ({ encoding, units }: Segments, most: number) => {
  const { alone, joined } = CAPACITIES[encoding] ?? CAPACITIES.gsm7
  return units - (most === 1 ? alone : most * joined)
}

const countInWords = (count: Segments, most: number) =>
  count.segments > most
    ? t('message.too_long', { segments: count.segments, most, surplus: surplusOf(count, most) })
    : t('message.segments', { segments: count.segments, most, left: count.left })

export const SegmentCount = ({ count }: { count: Segments }) => {
  const most = status.value?.max_segments ?? count.segments
  return (
    <p class={`segments ${count.segments > most ? 'is-over' : 'quiet'}`}>
      {countInWords(count, most)}
      {count.encoding === 'ucs2' && ` · ${t('message.ucs2')}`}
    </p>
  )
}

const Bubble = ({ code, text, count }: { code: string; text: string; count?: Segments }) => (
  <div class="phone">
    <h4 class="phone__language">{languageName(code)}</h4>
    <blockquote class="phone__bubble" lang={code}>
      {text}
    </blockquote>
    {count && <SegmentCount count={count} />}
  </div>
)

type Props = { title: string; texts: Record<string, string>; segments: Record<string, Segments> }

export const Messages = ({ title, texts, segments }: Props) => (
  <section class="part">
    <h3>{title}</h3>
    {Object.entries(texts).map(([code, text]) => (
      <Bubble key={code} code={code} text={text} count={segments[code]} />
    ))}
  </section>
)
