import { describe, expect, it } from 'vitest'
import type { ListedGathering } from '../../api'
import { hourOf } from './openGathering'
import { areasOf, fitting, inOrder, levelOf } from './sort'

const gathering = (id: string, more: Partial<ListedGathering> = {}): ListedGathering => ({
  gathering_id: id,
  interval_start: '2020-03-31T12:00:00Z',
  level: 'waspada',
  highest_level: 'waspada',
  state: 'ongoing',
  people: 1000,
  people_low: null,
  people_high: null,
  excess: null,
  lat: 0,
  lon: 0,
  area_code: null,
  places: [],
  started_at: '2020-03-31T10:00:00Z',
  hours: 3,
  is_unread: false,
  warnings: [],
  ...more,
})
const ids = (all: ListedGathering[]) => all.map((each) => each.gathering_id)

const small = gathering('small', { people: 100 })
const unread = gathering('unread', { is_unread: true, people: 200 })
const awas = gathering('awas', { level: 'awas', highest_level: 'awas', people: 300 })
const over = gathering('over', { state: 'ended', level: 'normal', highest_level: 'awas', people: null })
const late = gathering('late', { started_at: '2020-03-31T11:00:00Z', people: 50 })
const all = [small, over, late, awas, unread]

describe('order', () => {
  it('puts what nobody read first, then what is still there, by level and people', () => {
    expect(ids(inOrder(all, 'unread'))).toEqual(['unread', 'awas', 'small', 'late', 'over'])
  })
  it('goes by the highest level', () => {
    expect(ids(inOrder(all, 'level'))).toEqual(['awas', 'over', 'unread', 'small', 'late'])
  })
  it('goes by people, those of whom nobody knows last', () => {
    expect(ids(inOrder(all, 'people'))).toEqual(['awas', 'unread', 'small', 'late', 'over'])
  })
  it('goes by when they began', () => {
    expect(ids(inOrder(all, 'newest'))[0]).toBe('late')
  })
  it('leaves the list that it is given as it was', () => {
    const given = [small, awas]
    inOrder(given, 'level')
    expect(ids(given)).toEqual(['small', 'awas'])
  })
})

describe('filter', () => {
  const filters = { area: null, levels: ['waspada', 'siaga', 'awas'], sort: 'unread' } as const
  const levels = (...wanted: ('waspada' | 'siaga' | 'awas')[]) => ({ ...filters, levels: wanted })
  it('keeps an ended gathering by the level that it had', () => {
    expect(levelOf(over)).toBe('awas')
    expect(ids(fitting(all, levels('awas')))).toEqual(['over', 'awas'])
  })
  it('keeps what lies in an area or in a part of it', () => {
    const here = gathering('here', {
      area_code: '99.01.05',
      places: [{ code: '99.01', name: 'Kota', level: 'regency' }],
    })
    expect(ids(fitting([...all, here], { ...levels('waspada'), area: '99.01' }))).toEqual(['here'])
    expect(ids(fitting([here], { ...levels('waspada'), area: '99.01.05' }))).toEqual(['here'])
    expect(areasOf([here, here])).toHaveLength(1)
  })

  it('is offered from the largest to the smallest', () => {
    const levels = ['village', 'district', 'regency', 'province']
    const places = levels.map((level, at) => ({ level, code: `99.${at}`, name: level }))
    expect(areasOf([gathering('a', { places })]).map(({ level }) => level)).toEqual(levels.toReversed())
  })
})

describe('the hour that opening a gathering shows', () => {
  it('stays where the gathering was there then', () => {
    expect(hourOf('2020-03-31T11:00:00Z', awas)).toBe('2020-03-31T11:00:00Z')
  })
  it('is else the last in which it was', () => {
    expect(hourOf('2020-03-31T20:00:00Z', awas)).toBe('2020-03-31T12:00:00Z')
    expect(hourOf(null, over)).toBe('2020-03-31T11:00:00Z')
  })
})
