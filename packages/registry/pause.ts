import { setTimeout as sleep } from 'node:timers/promises'

/**
 * Waits before the next try after somebody else was first: at random, and longer with every loss, so that the many who lost
 * together do not come back together.
 */
export const pauseAfterLoss = (losses: number) => sleep(Math.random() * Math.min(4000, 50 * 2 ** losses))
