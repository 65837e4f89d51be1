/** A map in its place on the page, with the keyboard's and the pointer's ways to ask it. */
import type { ReadonlySignal, Signal } from '@preact/signals'
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks'
import type { Instant, Outlines } from '../api'
import { t } from '../i18n'
import { box, language, status, theme, view } from '../state'
import { draw } from './drawing'
import type { HourOfHexagons } from './hour'
import { listenToKeys } from './keys'
import { followOutlines } from './loaded'
import { expectedBox, Pane } from './pane'
import { listenToPointer } from './pointer'
import { followHour } from './shown_hours'
import { isBlind, leadMap, panes } from './state'

type Props = {
  at: ReadonlySignal<Instant | null>
  hour: Signal<HourOfHexagons | null>
  outlines: Signal<Outlines>
  isLead: boolean
}

/** What is seen is what the lead map shows. */
const tellView = (pane: Pane) => {
  const tell = () => {
    const { lng, lat } = pane.map.getCenter()
    view.value = { lng, lat, zoom: pane.map.getZoom() }
    box.value = pane.box
  }
  pane.map.on('moveend', tell)
  pane.map.on('resize', tell)
  tell()
}

const camera = () => view.peek() ?? status.peek()?.box ?? null

const build = (place: HTMLElement, { at, hour, outlines, isLead }: Props) => {
  const basemap = status.peek()?.basemap ?? { kind: 'builtin' }
  const pane = new Pane(place, { basemap, theme: theme.peek(), camera: camera() })
  const ends = [
    followOutlines(at, outlines),
    draw(pane, { hour, outlines, isLead }),
    listenToPointer(pane, hour),
    listenToKeys(pane, hour),
  ]
  if (isLead) tellView(pane)
  panes.value = [...panes.peek(), pane.map]
  return { pane, ends }
}

/** A browser that cannot draw the map still has the lists. */
const tryToBuild = (place: HTMLElement, props: Props) => {
  try {
    return build(place, props)
  } catch {
    isBlind.value = true
    return null
  }
}

export const PaneView = (props: Props) => {
  const place = useRef<HTMLDivElement>(null)
  const canvas = useRef<HTMLCanvasElement | null>(null)
  // Asked before the map is built, which keeps the browser busy for as long as the answer takes.
  useLayoutEffect(() => {
    if (props.isLead) box.value = expectedBox(place.current as HTMLElement, camera())
    return followHour(props.at, props.hour)
  }, [])
  useEffect(() => {
    const built = tryToBuild(place.current as HTMLElement, props)
    if (!built) return
    const { pane, ends } = built
    canvas.current = pane.map.getCanvas()
    const apart = props.isLead ? undefined : keepTogether(pane)
    return () => {
      apart?.()
      for (const end of ends) end()
      panes.value = panes.peek().filter((map) => map !== pane.map)
      props.hour.value = null
      pane.remove()
    }
  }, [])
  const label = t(props.isLead ? 'map.label' : 'map.beside')
  useEffect(() => {
    canvas.current?.setAttribute('aria-label', label)
    canvas.current?.setAttribute('aria-describedby', 'map-how map-summary')
  }, [language.value])
  return <div class="pane" data-lead={props.isLead} ref={place} />
}

/** Whichever of the two maps moves, the other one goes along. */
const keepTogether = ({ map: beside }: Pane) => {
  const lead = leadMap.peek()
  if (!lead) return () => undefined
  let isFollowing = false
  const follow = (from: typeof lead, to: typeof lead) => () => {
    if (isFollowing) return
    isFollowing = true
    to.jumpTo({ center: from.getCenter(), zoom: from.getZoom() })
    isFollowing = false
  }
  const [there, back] = [follow(lead, beside), follow(beside, lead)]
  lead.on('move', there)
  beside.on('move', back)
  return () => {
    lead.off('move', there)
    beside.off('move', back)
  }
}
