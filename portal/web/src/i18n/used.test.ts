import { readdirSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { words } from './words'

const SOURCES = new URL('..', import.meta.url)
const isSource = (name: string) =>
  /\.tsx?$/.test(name) && !name.includes('test') && !/i18n.(map|words.)/.test(name)

const source = readdirSync(SOURCES, { recursive: true, encoding: 'utf-8' })
  .filter(isSource)
  .map((name) => readFileSync(new URL(name, SOURCES), 'utf-8'))
  .join('\n')

/** Keys that are put together while the page runs, e.g. `level.${level}`: the pieces around what is put in. */
const composed = [...source.matchAll(/`([\w.]*)\$\{[^`}]*\}([\w.]*)`/g)]
  .map(([, before, after]) => ({ before, after }))
  .filter(({ before, after }) => before.endsWith('.') || after.startsWith('.'))

const isUsed = (key: string) =>
  source.includes(`'${key}'`) ||
  composed.some(({ before, after }) => key.startsWith(before) && key.endsWith(after) && key !== before)

it('has no words that the page never says', () => {
  expect(Object.keys(words).filter((key) => !isUsed(key))).toEqual([])
})
