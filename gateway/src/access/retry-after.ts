/** Bounds of Retry-After, in seconds. */
const retryBounds = { least: 1, most: 60 } as const

/**
 * Estimates when a refused request finds room: when all requests before it have had their turn.
 * @param waiting number of requests in the queue
 * @param perSecond requests that end in a second
 * @returns whole seconds, 1 to 60
 */
export function estimateRetrySeconds(waiting: number, perSecond: number): number {
  const seconds = Math.ceil((waiting + 1) / perSecond)
  return Number.isNaN(seconds) ? retryBounds.most : Math.min(Math.max(seconds, retryBounds.least), retryBounds.most)
}
