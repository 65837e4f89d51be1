/** Keeps what a pane draws that of the signals. */
import { effect, type ReadonlySignal, signal } from '@preact/signals'
import type { Outlines } from '../api'
import { cellEdit, measure, type Selection, selection, targetsNow, theme } from '../state'
import {
  areaNames,
  collection,
  footprintFeatures,
  freeFeatures,
  hexagonPolygon,
  mark,
  outlineNames,
  targetFeatures,
} from './features'
import type { HourOfHexagons } from './hour'
import { areas, chosenArea, footprint, planCells } from './loaded'
import type { Pane } from './pane'
import { breaks, pointed } from './state'

/** How long a sector is on the screen, by zoom: from afar many of them lie close together. */
const SECTOR_PX = { least: 9, most: 30, atZoom: 12, there: 24 }
const EARTH_PX = 512
const EARTH_M = 40_075_017

const sectorPx = (zoom: number) =>
  Math.min(Math.max(SECTOR_PX.there * 2 ** ((zoom - SECTOR_PX.atZoom) / 2), SECTOR_PX.least), SECTOR_PX.most)

const sectorRange_m = ({ map }: Pane) => {
  const metresPerPx =
    (EARTH_M * Math.cos((map.getCenter().lat * Math.PI) / 180)) / (EARTH_PX * 2 ** map.getZoom())
  return sectorPx(map.getZoom()) * metresPerPx
}

const selectedMarks = (selected: Selection | null, outlines: Outlines) => {
  if (selected?.kind === 'hexagon') return [mark(hexagonPolygon(selected.hex), 'selected')]
  if (selected?.kind !== 'gathering') return []
  return outlines.features
    .filter(({ properties }) => properties.gathering_id === selected.id)
    .map(({ geometry }) => mark(geometry, 'around'))
}

const pointedGeometry = (hour: HourOfHexagons | null) => {
  const its = pointed.value
  if (!its || its.hour.mesh !== hour?.mesh) return null
  const corners = its.hour.mesh.outline(its.slot)
  const ring = Array.from({ length: corners.length / 2 }, (_, i) => [corners[2 * i], corners[2 * i + 1]])
  return { type: 'Polygon' as const, coordinates: [[...ring, ring[0]]] }
}

const marks = (hour: HourOfHexagons | null, outlines: Outlines) => {
  const area = chosenArea.value?.geometry
  const pointedAt = pointedGeometry(hour)
  return collection([
    ...(area ? [mark(area, 'selected')] : []),
    ...selectedMarks(selection.value, outlines),
    ...(pointedAt ? [mark(pointedAt, 'pointed')] : []),
  ])
}

const drawCells = (pane: Pane, range_m: number) => {
  const edit = cellEdit.value
  pane.setData('targets', targetFeatures(targetsNow.value, edit, range_m))
  pane.setData('cells', collection([]))
  if (edit) pane.setData('cells', freeFeatures(planCells.value, targetsNow.value, edit, range_m))
}

type Drawn = {
  hour: ReadonlySignal<HourOfHexagons | null>
  outlines: ReadonlySignal<Outlines>
  isLead: boolean
}

/** Starts drawing; returns how to end it. Cells and their footprints belong to the hour of the time bar alone. */
export const draw = (pane: Pane, { hour, outlines, isLead }: Drawn) => {
  const range_m = signal(sectorRange_m(pane))
  pane.map.on('zoomend', () => {
    range_m.value = sectorRange_m(pane)
  })
  const ends = [
    effect(() => pane.setTheme(theme.value)),
    effect(() =>
      pane.setHexagons(
        hour.value && { hour: hour.value, measure: measure.value, breaks: breaks.value, theme: theme.value },
      ),
    ),
    effect(() => pane.setData('areas', areas.value)),
    effect(() => pane.setData('area-names', areaNames(areas.value))),
    effect(() => pane.setData('outlines', outlines.value)),
    effect(() => pane.setData('outline-names', outlineNames(outlines.value))),
    effect(() => pane.setData('marks', marks(hour.value, outlines.value))),
    ...(isLead
      ? [
          effect(() => pane.setData('footprint', footprintFeatures(footprint.value))),
          effect(() => drawCells(pane, range_m.value)),
        ]
      : []),
  ]
  return () => {
    for (const end of ends) end()
  }
}
