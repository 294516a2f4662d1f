import type { PreparedPrompt } from '../answer/answer.js'
import { invalidRequest } from '../api-error.js'
import { countSequences } from './assert-sessions.js'
import { requestLimits } from './request-limits.js'

/**
 * Asserts that the answers to all prompts together do not ask for too many tokens.
 * @throws ApiError 400
 */
export function assertGenerated(prompts: readonly Pick<PreparedPrompt, 'request'>[]): void {
  const sequences = prompts.reduce((sum, { request }) => sum + countSequences(request), 0)
  const tokens = prompts.reduce((sum, { request }) => sum + countSequences(request) * request.maxTokens, 0)
  const { generatedTokens: limit } = requestLimits
  if (tokens <= limit) return
  throw invalidRequest(
    `the request can generate ${tokens} tokens in ${sequences} sequences (answers, beams or samples of all prompts): ` +
      `expected at most ${limit}; lower max_tokens, or send several requests`,
    'max_tokens',
  )
}
