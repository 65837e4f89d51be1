/** The map as a picture, with what it takes to read it: title, hour, legend, where it comes from. */
import { t } from '../i18n'
import { fullTime, hourInName } from '../i18n/times'
import { at, compare, measure, status, theme } from '../state'
import { ATTRIBUTIONS } from './basemap'
import { boundText } from './bounds'
import { colours } from './colours'
import { LEVELS, LINES, LOOKS } from './look'
import { split } from './split'
import { breaks, leadMap, outlines, panes } from './state'

const MARGIN = 24
const HEAD = 84
const FOOT = 96
const SWATCH = { width: 64, height: 14 }
const LEVEL_WIDTH = 120
type Page = { on: CanvasRenderingContext2D; width: number; height: number }

/** A map's pixels are there only while it draws: they are taken from the frame that is drawn now. */
const frames = async () => {
  const taken = panes.value.map(
    (map) =>
      new Promise<ImageBitmap>((resolve) => {
        map.once('render', () => resolve(createImageBitmap(map.getCanvas())))
        map.triggerRepaint()
      }),
  )
  return Promise.all(taken)
}

const say = ({ on }: Page, text: string, x: number, y: number, font: string, colour: string) => {
  on.font = `${font} "Noto Sans", "Segoe UI", Roboto, Helvetica, Arial, sans-serif`
  on.fillStyle = colour
  on.fillText(text, x, y)
}

const drawHead = (page: Page) => {
  const look = LOOKS[theme.value]
  const hours = [at.value, compare.value?.at]
    .filter((hour) => typeof hour === 'string')
    .map((hour) => fullTime(hour))
  say(page, t(`legend.${measure.value}`), MARGIN, 38, '600 24px', look.ink)
  say(page, hours.join('  |  '), MARGIN, 66, '16px', look.quiet)
}

const drawScale = (page: Page, y: number) => {
  const look = LOOKS[theme.value]
  const bounds = breaks.value
  colours(measure.value, bounds.length + 1, theme.value).forEach((colour, i) => {
    const x = MARGIN + i * SWATCH.width
    page.on.fillStyle = colour
    page.on.fillRect(x, y, SWATCH.width, SWATCH.height)
    if (i === 0 && measure.value === 'density') say(page, '0', x, y + SWATCH.height + 16, '13px', look.ink)
    const more = i === bounds.length ? '+' : ''
    if (i > 0) say(page, boundText(bounds[i - 1]) + more, x - 8, y + SWATCH.height + 16, '13px', look.ink)
  })
}

/** Beside the scale; below it where the map is narrow. */
const drawLevels = (page: Page, top: number) => {
  const look = LOOKS[theme.value]
  const present = LEVELS.filter((level) =>
    outlines.value.features.some(({ properties }) => properties.level === level),
  )
  const beside = MARGIN + (breaks.value.length + 2) * SWATCH.width
  const hasRoom = beside + present.length * LEVEL_WIDTH < page.width
  const start = hasRoom ? beside : page.width - present.length * LEVEL_WIDTH
  const y = hasRoom ? top : page.height - 30
  present.forEach((level, i) => {
    const x = start + i * LEVEL_WIDTH
    page.on.strokeStyle = look.levels[level]
    page.on.lineWidth = LINES[level].width
    page.on.setLineDash(LINES[level].dashes?.map((part) => part * LINES[level].width) ?? [])
    page.on.beginPath()
    page.on.moveTo(x, y + 8)
    page.on.lineTo(x + 34, y + 8)
    page.on.stroke()
    say(page, t(`level.${level}`), x + 42, y + 13, '14px', look.ink)
  })
}

const drawFoot = (page: Page) => {
  const y = page.height - FOOT + 20
  drawScale(page, y)
  drawLevels(page, y)
  const of = ATTRIBUTIONS[status.value?.basemap.kind ?? 'builtin']
  const mode = status.value?.mode === 'test' ? ` · ${t('banner.test')}` : ''
  say(
    page,
    `Kerumun${mode}${of ? ` · ${t('map.attribution', { of })}` : ''}`,
    MARGIN,
    page.height - 18,
    '12px',
    LOOKS[theme.value].quiet,
  )
}

/** The second hour to the right: behind the handle, or beside the first. */
const drawFrames = ({ on, width }: Page, [lead, beside]: ImageBitmap[]) => {
  const height = lead.height
  on.drawImage(lead, 0, HEAD)
  if (!beside) return
  if (compare.value?.how === 'side') {
    on.drawImage(beside, lead.width, HEAD)
    return
  }
  const from = Math.round(width * split.value)
  on.drawImage(beside, from, 0, width - from, height, from, HEAD, width - from, height)
}

const draw = (taken: ImageBitmap[]) => {
  const canvas = document.createElement('canvas')
  const [lead, beside] = taken
  canvas.width = lead.width + (beside && compare.value?.how === 'side' ? beside.width : 0)
  canvas.height = lead.height + HEAD + FOOT
  const page: Page = {
    on: canvas.getContext('2d') as CanvasRenderingContext2D,
    width: canvas.width,
    height: canvas.height,
  }
  page.on.fillStyle = theme.value === 'dark' ? '#12161d' : '#ffffff'
  page.on.fillRect(0, 0, page.width, page.height)
  drawHead(page)
  drawFrames(page, taken)
  drawFoot(page)
  return canvas
}

export const saveFile = (file: Blob, name: string) => {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(file)
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
}

export const savePicture = async () => {
  if (!leadMap.value) return
  const canvas = draw(await frames())
  const file = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'))
  if (file) saveFile(file, `kerumun-${measure.value}-${at.value ? hourInName(at.value) : ''}.png`)
}
