/** What each further token of a chunk costs, in forwards of one token. Measured on CPU (docs/performance.md): 0.25 to 0.5. */
const furtherToken = 0.35

/** Forwards of one token that take as long as one run of `count` tokens. */
export const chunkCost = (count: number) => 1 + furtherToken * (count - 1)
