import type { PromptToken, Token, TokenScore } from '../../decode/loop/token.js'
import type { CompletionLogprobs } from '../schemas/text-completion.js'
import type { PreparedPrompt } from './answer.js'
import { countCodePoints } from './offsets/text-offsets.js'
import type { TokenFormat } from './token-format.js'

interface ScoredToken {
  readonly id: number
  readonly logprob: number | null
  readonly top: readonly TokenScore[] | null
}

/** A part of a choice, or all of it. */
export interface ScoredPart {
  /** The prompt's tokens; null if this is not the first part, or if they were not scored. */
  readonly promptTokens: readonly PromptToken[] | null
  readonly tokens: readonly Token[]
  /** The text of the answer. */
  readonly text: string
}

/**
 * Writes the `logprobs` of one choice of a text completion, part by part.
 * @param topCount the number of most likely tokens to list
 */
export function createChoiceLogprobs(
  format: TokenFormat,
  topCount: number,
  { echo, request }: PreparedPrompt,
): (part: ScoredPart) => CompletionLogprobs {
  const promptEnd = countCodePoints(echo?.text ?? '')
  const { promptIds: context, skipsSpecialTokens: skipSpecialTokens } = request
  const answer = format.offsets({ skipSpecialTokens, context }, promptEnd)
  let end = promptEnd
  return ({ promptTokens, tokens, text }) => {
    // They may have been read for `prompt_logprobs` only.
    const echoed = echo === null ? [] : (promptTokens ?? [])
    end += countCodePoints(text)
    const offsets = [
      ...echoed.map((_, i) => Math.min(echo?.offsets[i] ?? promptEnd, promptEnd)),
      // A stop string can cut the text before the last tokens.
      ...tokens.map(({ id }) => Math.min(answer.next(id), end)),
    ]
    const cut = echoed.map(({ top, ...token }) => ({ ...token, top: top?.slice(0, topCount) ?? null }))
    return toLogprobs([...cut, ...tokens], offsets, format)
  }
}

const toLogprobs = (
  tokens: readonly ScoredToken[],
  offsets: readonly number[],
  format: TokenFormat,
): CompletionLogprobs => ({
  tokens: tokens.map(({ id }) => format.name(id)),
  token_logprobs: tokens.map(({ logprob }) => (logprob === null ? null : format.logprob(logprob))),
  top_logprobs: tokens.map((token) => toTop(token, format)),
  text_offset: offsets,
})

/** The most likely tokens and the token itself, by name; null for the first token of a prompt. */
function toTop({ id, logprob, top }: ScoredToken, format: TokenFormat): Record<string, number> | null {
  if (logprob === null) return null
  // Not an object: a token may be named "constructor" or "__proto__".
  const entries = new Map<string, number>()
  for (const score of [...(top ?? []), { id, logprob }]) {
    const name = format.name(score.id)
    // Two ids can have the same text, such as parts of characters: the more likely one is kept.
    entries.set(name, Math.max(entries.get(name) ?? Number.NEGATIVE_INFINITY, format.logprob(score.logprob)))
  }
  return Object.fromEntries(entries)
}
