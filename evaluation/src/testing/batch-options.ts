import type { BatchOptions } from '../batch/run-batch.js'
import { openPromptFile } from '../prompts/index.js'

/** Options of a batch whose limits only end what hangs. */
export async function batchOptions(
  path: string,
  out: string,
  url: string,
  changes: Partial<BatchOptions> = {},
): Promise<BatchOptions> {
  const { signal } = new AbortController()
  const prompts = await openPromptFile(path, signal)
  const limits = { timeoutMs: 60_000, retryForMs: 60_000, concurrency: 3 }
  return { prompts, out, server: { url }, body: {}, seed: 7, samples: 1, shard: null, ...limits, signal, ...changes }
}
