import { createStopMatcher, type Text } from '../../text/index.js'
import type { Ending } from './generation-event.js'
import type { GenerationRequest } from './generation-request.js'

export interface Written {
  /** What is certain of the text now. */
  readonly text: string
  readonly ending: Ending | null
}

export interface AnswerWriter {
  /** @param count of tokens, this one included */
  push(id: number, count: number): Written
}

/** Text and end of an answer, token by token. */
export function createAnswerWriter(text: Text, request: GenerationRequest): AnswerWriter {
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
      // As in vLLM: the text of the token that ends the answer is part of it only where stops are.
      let piece = endToken && !includesStop ? '' : detokenizer.push(id)
      if (ended) piece += detokenizer.finish()
      // As in vLLM: a stop string that ends within the first min_tokens tokens does not count; one that begins there does.
      const { text: safe, stopped } = matcher.push(piece, count > minTokens)
      if (stopped !== null) return { text: safe, ending: { finishReason: 'stop', stopReason: stopped } }
      return { text: ended ? safe + matcher.finish() : safe, ending: ended }
    },
  }
}
