import { setImmediate } from 'node:timers/promises'
import type { Text } from '../../text/index.js'
import { createAnswerWriter } from './answer-writer.js'
import type { DecodeLoop } from '../loop/decode-loop.js'
import type { Answer, Delta } from './generation-event.js'
import type { GenerationRequest } from './generation-request.js'
import type { Token } from '../loop/token.js'

/** An answer with its text, as its loop gives tokens. */
export async function* readAnswer(
  loop: DecodeLoop,
  text: Text,
  request: GenerationRequest,
): AsyncGenerator<Delta, void> {
  const writer = createAnswerWriter(text, request)
  let held: Token[] = []
  let count = 0
  let next = loop.next()
  for (;;) {
    const deltas: Delta[] = []
    for (const token of await next) {
      held.push(token)
      const written = writer.push(token.id, ++count)
      if (written.text === '' && !written.ending) continue
      deltas.push({ text: written.text, tokens: held, ending: written.ending })
      held = []
      if (written.ending) break
    }
    const hasEnded = deltas.at(-1)?.ending ?? false
    if (!hasEnded) {
      // The next forwards run while these tokens go out; a reader that stalls holds up the ones after.
      next = loop.next()
      next.catch(() => undefined)
      // Its messages leave at the end of this turn of the event loop, and writing these tokens takes longer than sending those.
      await setImmediate()
    }
    yield* deltas
    if (hasEnded) return
  }
}

/** An answer whose tokens are all there. @throws Error where they do not end it: a fault of the program */
export function writeAnswer(tokens: readonly Token[], text: Text, request: GenerationRequest): Answer {
  const writer = createAnswerWriter(text, request)
  let whole = ''
  for (const [i, { id }] of tokens.entries()) {
    const { text: piece, ending } = writer.push(id, i + 1)
    whole += piece
    if (ending) return { text: whole, tokens: tokens.slice(0, i + 1), ending }
  }
  throw new Error('a generation ended without its ending')
}
