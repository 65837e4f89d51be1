import { describe, expect, it } from 'vitest'
import { fromHash, type Seen, toHash } from './address'

const SEEN: Seen = {
  at: '2020-03-31T12:00:00Z',
  compare: { at: '2020-03-30T12:00:00Z', how: 'swipe' },
  measure: 'excess',
  view: { lng: 109.0005, lat: -5.5025, zoom: 11.25 },
  selection: { kind: 'gathering', id: '20200331T1000Z-898ca4b48cbffff' },
  filters: { area: '99.01', levels: ['siaga', 'awas'], sort: 'people' },
  language: 'en',
  theme: 'dark',
  classes: { density: [100, 300, 1000], excess: [-300, -100, 100, 300] },
  split: 0.38,
}

describe('an address', () => {
  it('says everything that is seen', () => {
    expect(fromHash(`#${toHash(SEEN)}`)).toEqual(SEEN)
  })
  it('can be read', () => {
    expect(toHash(SEEN)).toBe(
      'at=2020-03-31T12Z&map=11.25/-5.5025/109.0005&measure=excess&select=gathering:20200331T1000Z-898ca4b48cbffff' +
        '&compare=swipe:2020-03-30T12Z&split=0.38&area=99.01&levels=siaga,awas&sort=people' +
        '&classes=100,300,1000&steps=-300,-100,100,300&lang=en&theme=dark',
    )
  })
  it.each<Seen['selection']>([
    { kind: 'hexagon', hex: '898ca4b48cbffff' },
    { kind: 'warning', id: 'W200331-KTMJK' },
    { kind: 'area', code: '99.01' },
    { kind: 'gathering', id: 'a/b&c=d:e#ü' },
    null,
  ])('keeps the selection %j', (selection) => {
    expect(fromHash(toHash({ ...SEEN, selection })).selection).toEqual(selection)
  })
  it('keeps that no level is chosen', () => {
    const none = { ...SEEN, filters: { ...SEEN.filters, levels: [] } }
    expect(fromHash(toHash(none)).filters?.levels).toEqual([])
  })
  it.each([
    'at=yesterday',
    'at=2020-99-31T12Z',
    'map=x/y/z',
    'map=12/-95/107',
    'measure=everything',
    'lang=fr',
    'theme=pink',
    'split=7',
  ])('leaves out what it says wrongly: %s', (hash) => {
    const name = {
      at: 'at',
      map: 'view',
      measure: 'measure',
      lang: 'language',
      theme: 'theme',
      split: 'split',
    }
    const [word] = hash.split('=') as [keyof typeof name]
    const said = fromHash(hash)
    if (word === 'split') expect(said.split).toBeUndefined()
    else expect(said).not.toHaveProperty(name[word])
  })
  it.each([
    'select=hexagon:zzz',
    'select=gathering:',
    'select=planet:9',
    'compare=swipe:now',
    'compare=both:2020-03-30T12Z',
  ])('selects and compares nothing by %s', (hash) => {
    expect(fromHash(hash)).toMatchObject({ selection: null, compare: null })
  })
  it('gives no classes that do not rise', () => {
    expect(fromHash('classes=300,100').classes?.density).toBeNull()
  })
})
