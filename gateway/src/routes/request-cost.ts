import type { KeyRequest } from '../access/key-usage.js'
import type { GenerationEvent } from '../decode/answers/generation-event.js'
import type { GenerationRequest } from '../decode/answers/generation-request.js'
import type { PreparedRequest } from '../openai/answer/answer.js'
import { countSequences } from '../openai/request/assert-sessions.js'

/** Tokens of a request, for the limits of its API key. */
export interface RequestCost {
  /** Tokens of all prompts. */
  readonly prompt: number
  /** The same, with all tokens that the request asks to generate. */
  readonly most: number
}

/**
 * Computes the cost of a request before it runs. Without a limit of tokens in the body, only the
 * prompts are known: answers may be much shorter than the context.
 */
export function costOf({ prompts }: PreparedRequest, body: Readonly<Record<string, unknown>>): RequestCost {
  const hasLimit = [body.max_tokens, body.max_completion_tokens].some((value) => typeof value === 'number')
  const prompt = prompts.reduce((sum, { request }) => sum + request.promptIds.length, 0)
  const generated = prompts.reduce((sum, { request }) => sum + countSequences(request) * request.maxTokens, 0)
  return { prompt, most: hasLimit ? prompt + generated : prompt }
}

/**
 * Counts generated tokens for an API key: for searches and choices those of all attempts, which
 * their report counts.
 */
export async function* countTokens(
  events: AsyncIterable<GenerationEvent>,
  { strategy }: GenerationRequest,
  place: KeyRequest,
): AsyncGenerator<GenerationEvent, void> {
  for await (const event of events) {
    if (event.type === 'report') place.count(event.report.generatedTokens)
    if (event.type === 'delta' && strategy.kind === 'token') place.count(event.delta.tokens.length)
    yield event
  }
}
