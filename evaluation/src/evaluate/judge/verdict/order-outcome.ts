import type { JudgedOrder } from '../../../report/index.js'

/** What the judge said of two strategies in both orders: each order names a strategy. */
export type JudgedOrders = readonly [JudgedOrder, JudgedOrder]

const scores: Readonly<Record<JudgedOrder, number | null>> = {
  first: 1,
  second: 0,
  tie: 0.5,
  unparsed: null,
  refused: null,
}

/**
 * The outcome of both orders: a win or a loss if they agree, else a tie. Null if an order has no
 * verdict: half a comparison would have the judge's preference for a place in it.
 */
export function orderOutcome([one, other]: JudgedOrders): number | null {
  const [a, b] = [scores[one], scores[other]]
  if (a === null || b === null) return null
  return a === b ? a : 0.5
}
