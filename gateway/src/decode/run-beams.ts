import { normalizedScore } from './beam/rank.js'
import { type Beam, searchBeams } from './beam/search-beams.js'
import { collectAnswer } from './collect-answer.js'
import type { Candidate, GenerationContext, GenerationEvent, GenerationRequest } from './generation.js'
import { readAnswer } from './read-answer.js'
import type { SessionSets } from './session-sets.js'
import { present } from './sessions.js'
import type { BeamMethod } from './strategies/method.js'

/** Searches, then gives out the best beam. */
export async function* runBeams(
  sets: SessionSets,
  context: GenerationContext,
  request: GenerationRequest<BeamMethod>,
): AsyncGenerator<GenerationEvent, void> {
  const { beams, generatedTokens } = await searchBeams(sets, request)
  const read = ({ tokens }: Beam) => readAnswer({ next: async () => tokens }, context.text, request)
  const toCandidate = async (beam: Beam): Promise<Candidate> => {
    const { text, tokens, ending } = await collectAnswer(read(beam))
    const score = normalizedScore(beam, request.method.lengthPenalty)
    return { text, score, tokenCount: tokens.length, finishReason: ending.finishReason }
  }
  const candidates = request.detail ? await Promise.all(beams.map(toCandidate)) : []
  yield { type: 'report', report: { generatedTokens, candidates } }
  for await (const delta of read(present(beams[0]))) yield { type: 'delta', answer: 0, delta }
}
