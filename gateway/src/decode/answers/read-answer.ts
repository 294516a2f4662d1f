import { setImmediate } from 'node:timers/promises'
import type { DecodeLoop } from '../loop/decode-loop.js'
import type { Token } from '../loop/token.js'
import type { Answer, Delta } from './generation-event.js'
import type { GenerationRequest } from './generation-request.js'
import { createTimedText, type TextContext } from './timed-text.js'

/** Yields an answer's deltas as the loop produces its tokens. */
export async function* readAnswer(
  loop: DecodeLoop,
  context: TextContext,
  request: GenerationRequest,
): AsyncGenerator<Delta, void> {
  const answerText = createTimedText(context, request)
  let held: Token[] = []
  let count = 0
  let next = loop.next()
  for (;;) {
    const deltas: Delta[] = []
    for (const token of await next) {
      held.push(token)
      const written = answerText.push(token.id, ++count)
      if (written.text === '' && !written.ending) continue
      deltas.push({ text: written.text, tokens: held, ending: written.ending })
      held = []
      if (written.ending) break
    }
    const hasEnded = deltas.at(-1)?.ending ?? false
    if (!hasEnded) {
      // The next forwards run while these tokens are written. A slow reader
      // delays only the tokens after those.
      next = loop.next()
      next.catch(() => undefined)
      // The loop's messages are sent at the end of this event loop iteration
      // (session/grpc/step-sender.ts). Wait for that first: writing these tokens takes longer than
      // sending the messages.
      await setImmediate()
    }
    yield* deltas
    if (hasEnded) return
  }
}

/**
 * Writes an answer whose tokens are all known.
 * @throws Error if they do not end the answer: a bug
 */
export function writeAnswer(tokens: readonly Token[], context: TextContext, request: GenerationRequest): Answer {
  const answerText = createTimedText(context, request)
  let whole = ''
  for (const [i, { id }] of tokens.entries()) {
    const { text: piece, ending } = answerText.push(id, i + 1)
    whole += piece
    if (ending) return { text: whole, tokens: tokens.slice(0, i + 1), ending }
  }
  throw new Error('expected tokens that end the answer, found none that does: the search stopped early')
}
