import type { PromptToken } from '../decode/loop/token.js'
import type { PromptLogprobs } from './schemas/prompt-logprobs.js'
import type { TokenFormat } from './token-format.js'

/** vLLM's `prompt_logprobs`. @param count how many of the best to list with each token; null: it was not asked for */
export function promptLogprobsField(
  tokens: readonly PromptToken[] | null | undefined,
  count: number | null,
  format: TokenFormat,
): { readonly prompt_logprobs?: PromptLogprobs } {
  if (count === null || !tokens) return {}
  return { prompt_logprobs: tokens.map((token) => toEntries(token, count, format)) }
}

function toEntries({ id, logprob, top }: PromptToken, count: number, format: TokenFormat): PromptLogprobs[number] {
  if (logprob === null) return null
  const entry = (tokenId: number, value: number, rank: number | null) =>
    [tokenId, { logprob: format.logprob(value), rank, decoded_token: format.text(tokenId) }] as const
  const best = (top ?? []).slice(0, count)
  // Where the token is among the best, the entry that knows its rank counts.
  return Object.fromEntries([entry(id, logprob, null), ...best.map((one, i) => entry(one.id, one.logprob, i + 1))])
}
