import { collectAnswers } from './collect-answers.js'
import type { Answer, GenerationEvent } from './generation-event.js'
import type { GenerationContext } from './generation-context.js'
import type { GenerationRequest } from './generation-request.js'
import { runAnswers } from './run-answers.js'
import { closeSets, type SessionSets } from '../loop/sequence-group.js'
import { present } from '../assert-present.js'
import type { ChoiceMethod } from '../strategies/bound-strategy.js'

/** Samples all answers at once, then gives out the one that is chosen. */
export async function* runChoice(
  sets: SessionSets,
  context: GenerationContext,
  request: GenerationRequest<ChoiceMethod>,
  signal: AbortSignal,
): AsyncGenerator<GenerationEvent, void> {
  const { method, detail } = request
  const samples = { ...request, method: method.sample, answerCount: method.count, detail: false }
  const { answers } = await collectAnswers(runAnswers(sets, context, samples), method.count)
  // The judge may take its time, and needs none of them.
  closeSets(sets)
  const scores = await scoresOf(answers, request, signal)
  const chosen = method.chooser.by === 'seed' ? method.chooser.index : indexOfBest(present(scores))
  const candidates = answers.map((answer, i) => ({ answer, score: scores?.[i] ?? null, isChosen: i === chosen }))
  const generatedTokens = answers.reduce((sum, { tokens }) => sum + tokens.length, 0)
  yield { type: 'report', report: { generatedTokens, candidates: detail ? candidates : [] } }
  yield { type: 'delta', answer: 0, delta: present(answers[chosen]) }
}

/** Null where rewards do not choose. */
async function scoresOf(
  answers: readonly Answer[],
  { method, judge }: GenerationRequest<ChoiceMethod>,
  signal: AbortSignal,
): Promise<readonly number[] | null> {
  if (method.chooser.by !== 'reward') return null
  return present(judge)(
    answers.map(({ text }) => text),
    signal,
  )
}

/** Ties: the first. */
const indexOfBest = (scores: readonly number[]): number => scores.indexOf(Math.max(...scores))
