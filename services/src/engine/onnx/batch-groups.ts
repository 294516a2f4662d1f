/** What a run costs beside its own tokens, all in bytes that it reads: that is what bounds the speed of a few tokens. */
export interface RunCosts {
  /** The weights, once a run. */
  weightBytes: number
  /** One slot of one session's past. */
  slotBytes: number
  /** A token that nobody asked for. */
  tokenBytes: number
}

export interface Groupable {
  /** Slots that are read. */
  position: number
  tokens: number
}

/**
 * Deals a batch into runs. In one run the weights are read once, but all sessions are padded to the longest past and to the most
 * tokens: sessions whose padding costs more than weights read once more run apart.
 * @returns groups of indices into `items`
 */
export function groupForwards(items: readonly Groupable[], costs: RunCosts): number[][] {
  const order = items.map((_, i) => i).sort((a, b) => compare(items[a] as Groupable, items[b] as Groupable))
  const sorted = order.map((i) => items[i] as Groupable)
  /** best[n]: the cheapest way to run the first n, and where its last group starts. */
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

const compare = (a: Groupable, b: Groupable) => a.tokens - b.tokens || a.position - b.position

/** Of what a run reads, the part that depends on who is in it with whom. */
function costOf(group: readonly Groupable[], { weightBytes, slotBytes, tokenBytes }: RunCosts): number {
  const slots = Math.max(...group.map(({ position }) => position))
  const tokens = Math.max(...group.map((item) => item.tokens))
  return group.reduce(
    (sum, item) => sum + (slots - item.position) * slotBytes + (tokens - item.tokens) * tokenBytes,
    weightBytes,
  )
}
