import { neededModels } from '../loop/needed-models.js'
import { readPrompt } from '../loop/read-prompt.js'
import { closeSequenceGroup, openSequenceGroup, type SequenceGroup, sequenceAt } from '../loop/sequence-group.js'
import type { GenerationContext } from './generation-context.js'
import type { GenerationEvent } from './generation-event.js'
import type { GenerationRequest } from './generation-request.js'
import { runAnswers } from './run-answers.js'
import { runBeams } from './run-beams.js'
import { runChoice } from './run-choice.js'

/**
 * Decodes one prompt and closes all its sessions, also after an error.
 * This folder turns a request into answers with text. It does not know HTTP or the OpenAI format.
 */
export async function* generate(
  context: GenerationContext,
  request: GenerationRequest,
  signal: AbortSignal,
): AsyncGenerator<GenerationEvent, void> {
  const group = await openSequenceGroup(context.open, neededModels(request), signal)
  try {
    const { promptIds, promptLogprobs: topCount, logprobsOf: model } = request
    const read = topCount === null ? null : { model, topCount }
    const tokens = read && (await readPrompt(sequenceAt(group, 0), promptIds, read))
    yield { type: 'prompt', tokens }
    yield* request.maxTokens === 0 ? endImmediately(request) : run(group, context, request, signal)
  } finally {
    closeSequenceGroup(group)
  }
}

/** Runs the strategy's kind: token by token, beam search, or a choice among samples. */
function run(
  group: SequenceGroup,
  context: GenerationContext,
  request: GenerationRequest,
  signal: AbortSignal,
): AsyncIterable<GenerationEvent> {
  const { strategy } = request
  switch (strategy.kind) {
    case 'token':
      return runAnswers(group, context, { ...request, strategy })
    case 'beam':
      return runBeams(group, context, { ...request, strategy })
    case 'choice':
      return runChoice(group, context, { ...request, strategy }, signal)
  }
}

function* endImmediately({ answerCount }: GenerationRequest): Generator<GenerationEvent, void> {
  const delta = { text: '', tokens: [], ending: { finishReason: 'length', stopReason: null } } as const
  for (let answer = 0; answer < answerCount; answer++) yield { type: 'delta', answer, delta }
}
