import { createLoop } from '../speculation/create-loop.js'
import type { GenerationContext } from './generation-context.js'
import type { GenerationEvent } from './generation-event.js'
import type { GenerationRequest } from './generation-request.js'
import { merge } from './merge.js'
import { readAnswer } from './read-answer.js'
import { forkPrompt, type SessionSets, sequenceOf } from '../loop/sequence-group.js'
import type { TokenMethod } from '../strategies/bound-strategy.js'

/** Answers token by token: one, or several at once that begin as forks of one prompt. */
export async function* runAnswers(
  sets: SessionSets,
  { text, crowd, sharesDevice }: GenerationContext,
  request: GenerationRequest<TokenMethod>,
): AsyncGenerator<GenerationEvent, void> {
  const { answerCount, promptIds, method } = request
  if (answerCount > 1) await forkPrompt(sets, promptIds, answerCount)
  const isCrowded = () => crowd.isCrowded
  const answers = Array.from({ length: answerCount }, (_, answer) => {
    const own = { ...request, method: method.forAnswer(answer) }
    return readAnswer(createLoop({ sessions: sequenceOf(sets, answer), sharesDevice, isCrowded }, own), text, own)
  })
  const leave = crowd.join(answerCount)
  try {
    for await (const [answer, delta] of merge(answers)) yield { type: 'delta', answer, delta }
  } finally {
    leave()
  }
}
