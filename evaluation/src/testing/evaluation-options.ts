import type { AskedStrategy, EvaluationOptions, Serve } from '../evaluate/index.js'
import { openPromptFile } from '../prompts/index.js'

/** A method as `--strategies` names it. */
export const method = (
  strategy: string,
  parameters: object = {},
  adapterScale: number | null = null,
): AskedStrategy => ({ method: { strategy, ...parameters }, role: 'method', adapterScale })

/** A point of a sweep. */
export const sweep = (strategy: string, parameters: object, adapterScale: number | null = null): AskedStrategy => ({
  ...method(strategy, parameters, adapterScale),
  role: 'sweep',
})

/** Options of an evaluation of aad and greedy-sft. The limits only end what hangs. */
export async function evaluationOptions(
  path: string,
  out: string,
  url: string,
  changes: Partial<EvaluationOptions> = {},
): Promise<EvaluationOptions> {
  const { signal } = new AbortController()
  const prompts = await openPromptFile(path, signal)
  const limits = { timeoutMs: 60_000, retryForMs: 60_000, concurrency: 3 }
  const models = { oracle: 'oracle', picker: null, reference: null, baseline: null, judge: null }
  const asked = {
    strategies: [method('aad'), method('greedy-sft')],
    samples: null,
    adapterScale: null,
    limit: null,
    datasetField: null,
    expectedField: 'expected',
    heldOut: null,
  }
  const serve: Serve = (_, work) => work({ server: { url }, model: undefined })
  return { prompts, out, serve, ...models, ...asked, body: {}, seed: 7, signal, ...limits, ...changes }
}
