import { normalizedScore } from './beam/rank.js'
import { searchBeams } from './beam/search-beams.js'
import type { GenerationContext, GenerationEvent, GenerationRequest } from './generation.js'
import { writeAnswer } from './read-answer.js'
import type { SessionSets } from './session-sets.js'
import { present } from './sessions.js'
import type { BeamMethod } from './strategies/method.js'

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
