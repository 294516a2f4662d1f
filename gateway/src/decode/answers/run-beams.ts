import { assertPresent } from '../assert-present.js'
import { normalizedScore } from '../beam/rank.js'
import { searchBeams } from '../beam/search-beams.js'
import type { SequenceGroup } from '../loop/sequence-group.js'
import type { BoundBeamStrategy } from '../strategies/bound-strategy.js'
import type { GenerationContext } from './generation-context.js'
import type { GenerationEvent } from './generation-event.js'
import type { GenerationRequest } from './generation-request.js'
import { writeAnswer } from './read-answer.js'

/** Runs a beam search, then yields the best beam as the answer. */
export async function* runBeams(
  group: SequenceGroup,
  context: GenerationContext,
  request: GenerationRequest<BoundBeamStrategy>,
): AsyncGenerator<GenerationEvent, void> {
  const { beams, generatedTokens } = await searchBeams(group, request)
  const answers = beams.map(({ tokens }) => writeAnswer(tokens, context, request))
  const candidates = beams.map((beam, i) => ({
    answer: assertPresent(answers[i]),
    score: normalizedScore(beam, request.strategy.lengthPenalty),
    isChosen: i === 0,
  }))
  yield { type: 'report', report: { generatedTokens, candidates: request.detail ? candidates : [] } }
  yield { type: 'delta', answer: 0, delta: assertPresent(answers[0]) }
}
