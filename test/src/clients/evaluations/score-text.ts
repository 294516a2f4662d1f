import { ask, type Server } from './server.js'

/** The log-probability of a text, and whether each of its tokens is the most likely one. */
export interface TextScore {
  readonly logprob: number
  readonly isGreedy: boolean
}

interface Scored {
  readonly choices: readonly {
    readonly prompt_logprobs: readonly (Readonly<Record<string, { logprob: number; rank: number | null }>> | null)[]
  }[]
}

/** Encodes a text without BOS and EOS, as lm-eval does. */
export async function encode(server: Server, prompt: string): Promise<readonly number[]> {
  const { tokens } = await ask<{ tokens: number[] }>(server, '/tokenize', { prompt, add_special_tokens: false })
  return tokens
}

/**
 * Scores the tokens of a sequence from `start` on, one sequence in each request and with
 * `prompt_logprobs`: lm-eval sends several with `echo`.
 * @param model `dpo` or `sft`
 */
export async function scoreTokens(
  server: Server,
  model: string,
  ids: readonly number[],
  start: number,
): Promise<TextScore> {
  const decoding = { logprobs_of: model }
  const request = { model: server.model, prompt: ids, max_tokens: 1, prompt_logprobs: 1, decoding }
  const { choices } = await ask<Scored>(server, '/v1/completions', request)
  const entries = choices[0]?.prompt_logprobs ?? []
  const own = ids.slice(start).map((id, i) => entries[start + i]?.[id])
  return {
    logprob: own.reduce((sum, entry) => sum + (entry?.logprob ?? Number.NaN), 0),
    isGreedy: own.every((entry) => entry?.rank === 1),
  }
}
