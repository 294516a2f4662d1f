/**
 * Cost of each further token of a chunk, in forwards of one token.
 * On CPU: 0.3 at `fast`, 0.45 at `native` (docs/decisions/decode-graph.md).
 */
const furtherTokenCost = 0.35

/** Number of one-token forwards that take as long as one forward of `count` tokens. */
export const chunkCost = (count: number) => 1 + furtherTokenCost * (count - 1)
