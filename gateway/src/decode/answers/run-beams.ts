import { normalizedScore } from '../beam/rank.js'
import { searchBeams } from '../beam/search-beams.js'
import type { GenerationContext } from './generation-context.js'
import type { GenerationEvent } from './generation-event.js'
import type { GenerationRequest } from './generation-request.js'
import { writeAnswer } from './read-answer.js'
import type { SessionSets } from '../loop/sequence-group.js'
import { present } from '../assert-present.js'
import type { BeamMethod } from '../strategies/bound-strategy.js'

/** Searches, then gives out the best beam. */
export async function* runBeams(
  sets: SessionSets,
  { text }: GenerationContext,
  request: GenerationRequest<BeamMethod>,
): AsyncGenerator<GenerationEvent, void> {
  const { beams, generatedTokens } = await searchBeams(sets, request)
  const answers = beams.map(({ tokens }) => writeAnswer(tokens, text, request))
  const candidates = beams.map((beam, i) => ({
    answer: present(answers[i]),
    score: normalizedScore(beam, request.method.lengthPenalty),
    isChosen: i === 0,
  }))
  yield { type: 'report', report: { generatedTokens, candidates: request.detail ? candidates : [] } }
  yield { type: 'delta', answer: 0, delta: present(answers[0]) }
}
