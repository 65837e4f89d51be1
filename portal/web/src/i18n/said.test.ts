import { beforeEach, expect, it } from 'vitest'
import { ApiError } from '../api'
import { language } from '../state'
import { complaintsOf, errorInWords, inWords } from './said'

beforeEach(() => {
  language.value = 'id'
})

it.each([
  [
    'This takes the role approver: ask an admin.',
    'Ini memerlukan peran pemberi persetujuan; mintalah kepada admin.',
  ],
  ['this takes the role admin: ask an admin', 'Ini memerlukan peran admin; mintalah kepada admin.'],
  ['It is sent: only a draft can be changed.', 'Statusnya terkirim: hanya draf yang bisa begitu.'],
  [
    'It is queued, and only a draft can be rejected: cancel it instead.',
    'Statusnya dalam antrean: hanya draf yang bisa begitu.',
  ],
  ['You have approved it already: it takes another person.', 'Anda sudah menyetujuinya; perlu orang lain.'],
  [
    'the message takes 3 SMS, 2 allowed: shorten it by 12 characters or more',
    'Pesan memakai 3 SMS, paling banyak 2: pendekkan sedikitnya 12 karakter.',
  ],
  ['dewi was viewer, is approver', 'dewi: dari pengamat menjadi pemberi persetujuan'],
  [
    'token wall may read downloads map for 90 days',
    'token wall boleh membaca unduhan, peta dan kerumunan selama 90 hari',
  ],
  ['the message takes 3 SMS, 2 allowed: shorten it', 'Pesan memakai 3 SMS, paling banyak 2: pendekkan.'],
  [
    'no loaded cell plan has the cell 001-x: mend the id',
    'Tidak ada rencana sel yang memuat sel 001-x: periksa ID-nya.',
  ],
])('says "%s" in the language of the page', (sentence, said) => {
  expect(inWords(sentence)).toBe(said)
})

it('shows a sentence as it came that it does not know', () => {
  expect(inWords('the moon is full')).toBe('the moon is full')
})

it('takes several complaints about a message apart and says about which', () => {
  const sentence =
    "the message in 'en' cannot go out like that: the message is empty: say something; it lacks the check code 4NW"
  expect(complaintsOf(sentence)).toEqual([
    'Bahasa Inggris: Pesannya kosong: tulis sesuatu.',
    'Bahasa Inggris: Kurang kode cek 4NW.',
  ])
})

it('says that a server does not answer, and what one refuses', () => {
  expect(errorInWords(new TypeError('failed to fetch'))).toBe('Server tidak menjawab; dicoba lagi.')
  expect(errorInWords(new ApiError(502, 'error', 'Bad Gateway'))).toBe(
    'Server sedang bermasalah; dicoba lagi.',
  )
  expect(errorInWords(new ApiError(409, 'changed', 'version 2 is stale'))).toMatch(
    /^Sementara itu orang lain mengubahnya/,
  )
  expect(
    errorInWords(new ApiError(400, 'refused', 'no cell is left to warn: reject the warning instead')),
  ).toBe('Tidak ada sel yang tersisa: tolak saja peringatannya.')
})
