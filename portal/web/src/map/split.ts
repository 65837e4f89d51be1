/** How much of the width belongs to the hour of the time bar while two hours are compared by swipe. */
import { signal } from '@preact/signals'

export const split = signal(0.5)
