/** An hour of a chart in words. */
import { t } from '../i18n'
import { number, peopleInWords, rounded } from '../i18n/numbers'
import { dayAndClock } from '../i18n/times'
import { type ChartHour, kindOf } from './hours'

const usualInWords = (usual: number | null) =>
  usual === null ? t('excess.unknown') : t('chart.say_usual', { usual: number(rounded(usual)) })

export const hourInWords = (hour: ChartHour) => {
  const time = dayAndClock(hour.at)
  const kind = kindOf(hour)
  if (kind !== 'known') return t(`chart.say_${kind}`, { time })
  return t('chart.say', { time, people: peopleInWords(hour), usual: usualInWords(hour.usual) })
}
