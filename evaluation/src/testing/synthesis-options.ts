import { openPromptFile } from '../prompts/index.js'
import type { SynthesisOptions } from '../synthesis/index.js'

/** Options of a synthesis with the paper's sides. The limits only end what hangs. */
export async function synthesisOptions(
  path: string,
  out: string,
  url: string,
  changes: Partial<SynthesisOptions> = {},
): Promise<SynthesisOptions> {
  const { signal } = new AbortController()
  const prompts = await openPromptFile(path, signal)
  const limits = { timeoutMs: 60_000, retryForMs: 60_000, concurrency: 3 }
  const sides = { chosen: { strategy: 'aad' }, rejected: { strategy: 'sample' }, adherence: null, rewardModel: null }
  const fixed = { isImplicit: false, completeOnly: false, body: {}, seed: 7, signal }
  return { prompts, out, server: { url }, ...sides, ...fixed, ...limits, ...changes }
}
