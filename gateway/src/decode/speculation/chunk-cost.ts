/** What each further token of a chunk costs, in forwards of one token. On CPU 0.3 at `fast`, 0.45 at `native` (docs/decisions/decode-graph.md). */
const furtherToken = 0.35

/** Forwards of one token that take as long as one run of `count` tokens. */
export const chunkCost = (count: number) => 1 + furtherToken * (count - 1)
