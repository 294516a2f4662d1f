import type { GenerationContext } from './generation-context.js'
import type { GenerationEvent } from './generation-event.js'
import type { GenerationRequest } from './generation-request.js'
import { runAnswers } from './run-answers.js'
import { runBeams } from './run-beams.js'
import { runChoice } from './run-choice.js'
import { closeSets, openSets, type SessionSets, sequenceOf } from '../loop/sequence-group.js'
import { modelsOf } from '../loop/needed-models.js'
import { readPrompt } from '../loop/read-prompt.js'

/** Decodes one prompt. All sessions are closed when it ends, however it ends. */
export async function* generate(
  context: GenerationContext,
  request: GenerationRequest,
  signal: AbortSignal,
): AsyncGenerator<GenerationEvent, void> {
  const sets = await openSets(context.open, modelsOf(request), signal)
  try {
    const { promptIds, promptLogprobs: count } = request
    const tokens = count === null ? null : await readPrompt(sequenceOf(sets, 0), promptIds, count)
    yield { type: 'prompt', tokens }
    yield* request.maxTokens === 0 ? endAtOnce(request) : run(sets, context, request, signal)
  } finally {
    closeSets(sets)
  }
}

/** Each kind of method has its own way from sequences to answers. */
function run(
  sets: SessionSets,
  context: GenerationContext,
  request: GenerationRequest,
  signal: AbortSignal,
): AsyncIterable<GenerationEvent> {
  const { method } = request
  switch (method.kind) {
    case 'token':
      return runAnswers(sets, context, { ...request, method })
    case 'beam':
      return runBeams(sets, context, { ...request, method })
    case 'choice':
      return runChoice(sets, context, { ...request, method }, signal)
  }
}

function* endAtOnce({ answerCount }: GenerationRequest): Generator<GenerationEvent, void> {
  const delta = { text: '', tokens: [], ending: { finishReason: 'length', stopReason: null } } as const
  for (let answer = 0; answer < answerCount; answer++) yield { type: 'delta', answer, delta }
}
