import { signal } from '@preact/signals'

/** Which list is open. */
export const sideTab = signal<'gatherings' | 'warnings' | 'outbox' | 'trail'>('gatherings')
/** How far back gatherings are listed, in hours. */
export const period_h = signal<24 | 168>(24)
