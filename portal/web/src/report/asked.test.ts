import { expect, it } from 'vitest'
import { codeOf, nameOf } from './asked'

it('takes the code out of what was chosen from the list', () => {
  expect(codeOf('Kota (Lama) (99.01)')).toBe('99.01')
  expect(codeOf(' 99.01.05 ')).toBe('99.01.05')
  expect(codeOf('')).toBe('')
})

it('names the language of pages and sheets alone', () => {
  const asked = { week: '2020-W14', area: '99.01', language: 'id', format: 'pdf' }
  expect(nameOf(asked)).toBe('kerumun-mobility-2020-W14-99.01-id.pdf')
  expect(nameOf({ ...asked, area: '', format: 'csv' })).toBe('kerumun-mobility-2020-W14.csv')
  expect(nameOf({ ...asked, area: '', format: 'csv.zip' })).toBe('kerumun-mobility-2020-W14.csv.zip')
})

it('lets nothing into a name that leads elsewhere', () => {
  expect(nameOf({ week: '2020-W14', area: '../x', language: 'id', format: 'csv' })).toBe(
    'kerumun-mobility-2020-W14-.._x.csv',
  )
})
