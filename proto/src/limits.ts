/** Limits of messages, on both sides. */

/**
 * Maximum size of a message in bytes, on both sides. The default of grpc-js is 4 MiB. The full rows
 * of a prompt are the largest messages: 64 MiB holds 340 rows of a vocabulary of 49,152 ids.
 */
export const maxMessageBytes = 64 * 1024 * 1024

/**
 * Maximum size of a request in bytes. The largest are 64 sequences for a reward model: 32 MiB holds
 * 131,072 ids for each.
 */
export const maxRequestBytes = 32 * 1024 * 1024

/** Maximum number of sequences in one call of `RewardService.Score`. */
export const maxScoredSequences = 64
