/** Upper bounds of the buckets of histograms. */

/** GenAI's buckets of the time to the first token. */
export const firstTokenBuckets = [0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10]
/** GenAI's buckets of the time per token, and smaller ones for small models on a CPU. */
export const perTokenBuckets = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 2.5,
]
/** GenAI's buckets of a request: 0.01 s, doubled 13 times. */
export const durationBuckets = Array.from({ length: 14 }, (_, i) => 0.01 * 2 ** i)
/** Buckets of the parts of a step. */
export const partBuckets = [
  0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5,
]
/** Buckets of numbers of tokens. */
export const countBuckets = [
  1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16_384, 32_768, 65_536, 131_072,
]
/** Buckets of small numbers: answers, candidates, batches. */
export const smallCountBuckets = [1, 2, 3, 4, 6, 8, 12, 16, 32, 64, 128, 256]
/** Buckets of advantages, in nats. */
export const advantageBuckets = [-4, -2, -1, -0.5, -0.25, 0, 0.25, 0.5, 1, 1.5, 2, 3, 4, 6, 8]
