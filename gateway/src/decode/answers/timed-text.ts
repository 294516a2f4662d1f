import { type AnswerText, createAnswerText } from './answer-text.js'
import type { GenerationContext } from './generation-context.js'
import type { GenerationRequest } from './generation-request.js'

/** What the text of an answer needs of its generation. */
export type TextContext = Pick<GenerationContext, 'text' | 'textTimer'>

/** Creates the text of an answer, which is timed if its generation has a timer. */
export function createTimedText({ text, textTimer }: TextContext, request: GenerationRequest): AnswerText {
  const answerText = createAnswerText(text, request)
  // Without a timer, the clock is not read.
  if (!textTimer) return answerText
  return {
    push(id, count) {
      const startMs = performance.now()
      const written = answerText.push(id, count)
      textTimer.add(startMs, performance.now())
      return written
    },
  }
}
