/** The messages as a phone shows them, with the SMS that each takes. */
import type { Segments } from '../../api'
import { t, tOr } from '../../i18n'
import { status } from '../../state'

export const languageName = (code: string) => tOr(`message.language.${code}`, code)

export const SegmentCount = ({ count }: { count: Segments }) => {
  const most = status.value?.max_segments ?? count.segments
  return (
    <p class={`segments ${count.segments > most ? 'is-over' : 'quiet'}`}>
      {t('message.segments', { segments: count.segments, most, left: count.left })}
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
