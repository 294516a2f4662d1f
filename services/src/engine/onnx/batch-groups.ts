/**
 * Costs of a run in addition to its own tokens, in bytes read: reading memory limits the speed of a
 * few tokens.
 */
export interface RunCosts {
  /** Cost of the weights, once per run. */
  readonly weightBytes: number
  /** Cost of one slot of one session's past. */
  readonly slotBytes: number
  /** Cost of a padding token. */
  readonly tokenBytes: number
}

/** The size of one forward. */
export interface ForwardSize {
  /** Number of slots that it reads. */
  readonly position: number
  readonly tokens: number
}

/**
 * Splits a batch into runs. In one run the weights are read once, but all sessions are padded to
 * the longest past and to the largest number of tokens. Sessions run apart if their padding would
 * cost more than reading the weights once more.
 * @returns groups of indices into `items`
 */
export function groupForwards(items: readonly ForwardSize[], costs: RunCosts): number[][] {
  const order = items.map((_, i) => i).sort((a, b) => compare(items[a] as ForwardSize, items[b] as ForwardSize))
  const sorted = order.map((i) => items[i] as ForwardSize)
  /** best[n]: the lowest cost of the first n items, and the start of their last group. */
  const best = [{ cost: 0, start: 0 }]
  for (let end = 1; end <= sorted.length; end++) {
    let cheapest = { cost: Number.POSITIVE_INFINITY, start: 0 }
    for (let start = 0; start < end; start++) {
      const cost = (best[start]?.cost ?? 0) + costOf(sorted.slice(start, end), costs)
      if (cost < cheapest.cost) cheapest = { cost, start }
    }
    best.push(cheapest)
  }
  const groups: number[][] = []
  for (let end = sorted.length; end > 0; ) {
    const start = best[end]?.start ?? 0
    groups.unshift(order.slice(start, end))
    end = start
  }
  return groups
}

const compare = (a: ForwardSize, b: ForwardSize) => a.tokens - b.tokens || a.position - b.position

/** The part of a run's cost that depends on which items run together. */
function costOf(group: readonly ForwardSize[], { weightBytes, slotBytes, tokenBytes }: RunCosts): number {
  const slots = Math.max(...group.map(({ position }) => position))
  const tokens = Math.max(...group.map((item) => item.tokens))
  return group.reduce(
    (sum, item) => sum + (slots - item.position) * slotBytes + (tokens - item.tokens) * tokenBytes,
    weightBytes,
  )
}
