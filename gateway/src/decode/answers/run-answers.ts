import { forkPrompt, type SequenceGroup, sequenceAt } from '../loop/sequence-group.js'
import { consumeCalls } from '../loop/step-clock.js'
import { createLoop } from '../speculation/create-loop.js'
import type { BoundTokenStrategy } from '../strategies/bound-strategy.js'
import type { GenerationContext } from './generation-context.js'
import type { GenerationEvent } from './generation-event.js'
import type { GenerationRequest } from './generation-request.js'
import { merge } from './merge.js'
import { readAnswer } from './read-answer.js'

/** Decodes answers token by token. Several answers run at the same time, as forks of one prompt. */
export async function* runAnswers(
  group: SequenceGroup,
  context: GenerationContext,
  request: GenerationRequest<BoundTokenStrategy>,
): AsyncGenerator<GenerationEvent, void> {
  const { activeAnswers, sharesDevice, steps } = context
  const { answerCount, promptIds, strategy } = request
  if (answerCount > 1) await forkPrompt(group, promptIds, answerCount)
  // All answers waited for the prompt, so its calls count in the first token of each.
  const promptCalls = consumeCalls(sequenceAt(group, 0))
  const isBusy = () => activeAnswers.isBusy
  const answers = Array.from({ length: answerCount }, (_, answer) => {
    const own = { ...request, strategy: strategy.forAnswer(answer) }
    const sessions = sequenceAt(group, answer)
    return readAnswer(createLoop({ sessions, sharesDevice, isBusy, answer, promptCalls, steps }, own), context, own)
  })
  const removeAnswers = activeAnswers.add(answerCount)
  try {
    for await (const [answer, delta] of merge(answers)) yield { type: 'delta', answer, delta }
  } finally {
    removeAnswers()
  }
}
