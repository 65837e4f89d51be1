import { describe, expect, it } from 'vitest'
import { fill, placeholdersOf } from './fill'
import { words } from './words'

describe('words', () => {
  const all = Object.entries(words)

  it('say something in both languages', () => {
    expect(all.filter(([, said]) => !said.id.trim() || !said.en.trim())).toEqual([])
  })

  it('have the same placeholders in both languages', () => {
    const differ = all.filter(([, said]) => `${placeholdersOf(said.id)}` !== `${placeholdersOf(said.en)}`)
    expect(differ).toEqual([])
  })

  it('choose one or many by the number', () => {
    const text = '{cells} {cells|cell|cells}'
    expect(fill(text, { cells: 1 }, 'en')).toBe('1 cell')
    expect(fill(text, { cells: 5300 }, 'en')).toBe('5,300 cells')
  })

  it('write numbers as the language does', () => {
    expect(fill('{people} orang', { people: 5300 }, 'id')).toBe('5.300 orang')
  })

  it('leave a placeholder empty that nobody gave', () => {
    expect(fill('a {b} c', {}, 'en')).toBe('a  c')
  })
})
