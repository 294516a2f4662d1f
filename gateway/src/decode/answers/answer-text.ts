import { createStopMatcher, type Text } from '../../text/index.js'
import type { Ending } from './generation-event.js'
import type { GenerationRequest } from './generation-request.js'

/** The text that a token adds to an answer. */
export interface WrittenText {
  /** The text that is final now. */
  readonly text: string
  readonly ending: Ending | null
}

/** Turns the tokens of one answer into text, and finds its end. */
export interface AnswerText {
  /** @param count number of tokens so far, including this one */
  push(id: number, count: number): WrittenText
}

/** Creates the text of an answer, which is empty at first. */
export function createAnswerText(text: Text, request: GenerationRequest): AnswerText {
  const { eosTokenIds, stopTokenIds, ignoresEndTokens, includesStop, maxTokens, minTokens } = request
  const detokenizer = text.createDetokenizer({
    skipSpecialTokens: request.skipsSpecialTokens,
    context: request.promptIds,
  })
  const matcher = createStopMatcher(request.stops, includesStop)

  const endOf = (id: number): Ending | null => {
    if (eosTokenIds.has(id) && !ignoresEndTokens) return { finishReason: 'stop', stopReason: null }
    return stopTokenIds.has(id) ? { finishReason: 'stop', stopReason: id } : null
  }
  return {
    push(id, count) {
      const endToken = endOf(id)
      const ended = endToken ?? (count >= maxTokens ? ({ finishReason: 'length', stopReason: null } as const) : null)
      // As in vLLM: the answer contains the text of its end token
      // only if it contains its stop strings.
      let piece = endToken && !includesStop ? '' : detokenizer.push(id)
      if (ended) piece += detokenizer.finish()
      // As in vLLM: a stop string that ends within the first min_tokens tokens does not count.
      // One that only begins there does.
      const { text: safe, stopped } = matcher.push(piece, count > minTokens)
      if (stopped !== null) return { text: safe, ending: { finishReason: 'stop', stopReason: stopped } }
      return { text: ended ? safe + matcher.finish() : safe, ending: ended }
    },
  }
}
