/** Colours and lines of what the map draws, light and dark. */
import type { Level, Theme } from '../state'

export type Look = {
  sea: string
  land: string
  border: string
  area: string
  ink: string
  halo: string
  quiet: string
  accent: string
  casing: string
  cell: string
  cellLine: string
  target: string
  added: string
  footprint: string
  levels: Record<Level, string>
  /** Letters on the colour of a level. */
  letters: Record<Level, string>
}

export const LOOKS: Record<Theme, Look> = {
  light: {
    sea: '#dde6ee',
    land: '#f5f4f0',
    border: '#b9bfc9',
    area: '#4c5566',
    ink: '#1d2330',
    halo: '#ffffff',
    quiet: '#586274',
    accent: '#0b57d0',
    casing: '#ffffff',
    cell: '#c3cad6',
    cellLine: '#1d2330',
    target: '#1d2330',
    added: '#0b57d0',
    footprint: '#d6006f',
    levels: { waspada: '#c98a00', siaga: '#e8590c', awas: '#c1121f' },
    letters: { waspada: '#1d2330', siaga: '#1d2330', awas: '#ffffff' },
  },
  dark: {
    sea: '#0d1219',
    land: '#1a2029',
    border: '#3d4655',
    area: '#a3aebf',
    ink: '#f2f5f9',
    halo: '#0d1219',
    quiet: '#a3aebf',
    accent: '#7db4ff',
    casing: '#0d1219',
    cell: '#6d7788',
    cellLine: '#e8ecf2',
    target: '#f2f5f9',
    added: '#7db4ff',
    footprint: '#ff7ac8',
    levels: { waspada: '#ffc533', siaga: '#ff8a4c', awas: '#ff5d68' },
    letters: { waspada: '#0d1219', siaga: '#0d1219', awas: '#0d1219' },
  },
}

/** Dots, dashes and a solid line say the level without colour; lengths are in widths of the line. */
export const LINES: Record<Level, { dashes: number[] | null; width: number }> = {
  waspada: { dashes: [1, 1], width: 3 },
  siaga: { dashes: [3.2, 1.3], width: 3 },
  awas: { dashes: null, width: 3.5 },
}
/** Of the machine itself: no font is fetched. */
export const FONT = ['Noto Sans, Segoe UI, Roboto, Helvetica, Arial, sans-serif']
export const LEVELS = ['waspada', 'siaga', 'awas'] as const
