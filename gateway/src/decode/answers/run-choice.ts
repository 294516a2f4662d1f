import { assertPresent } from '../assert-present.js'
import { closeSequenceGroup, type SequenceGroup } from '../loop/sequence-group.js'
import type { BoundChoiceStrategy } from '../strategies/bound-strategy.js'
import { collectAnswers } from './collect-answers.js'
import type { GenerationContext } from './generation-context.js'
import type { Answer, GenerationEvent } from './generation-event.js'
import type { GenerationRequest } from './generation-request.js'
import { runAnswers } from './run-answers.js'

/** Samples all answers at once, then yields the chosen one. */
export async function* runChoice(
  group: SequenceGroup,
  context: GenerationContext,
  request: GenerationRequest<BoundChoiceStrategy>,
  signal: AbortSignal,
): AsyncGenerator<GenerationEvent, void> {
  const { strategy, detail } = request
  const samples = { ...request, strategy: strategy.sample, answerCount: strategy.count, detail: false }
  const { answers } = await collectAnswers(runAnswers(group, context, samples), strategy.count)
  // The judge can be slow and does not need the sessions.
  closeSequenceGroup(group)
  const scores = await scoresOf(answers, request, signal)
  const chosen = strategy.chooser.by === 'seed' ? strategy.chooser.index : indexOfBest(assertPresent(scores))
  const candidates = answers.map((answer, i) => ({ answer, score: scores?.[i] ?? null, isChosen: i === chosen }))
  const generatedTokens = answers.reduce((sum, { tokens }) => sum + tokens.length, 0)
  yield { type: 'report', report: { generatedTokens, candidates: detail ? candidates : [] } }
  yield { type: 'delta', answer: 0, delta: assertPresent(answers[chosen]) }
}

/** Asks the judge for the answers' rewards; null if the strategy does not choose by reward. */
async function scoresOf(
  answers: readonly Answer[],
  { strategy, judge }: GenerationRequest<BoundChoiceStrategy>,
  signal: AbortSignal,
): Promise<readonly number[] | null> {
  if (strategy.chooser.by !== 'reward') return null
  return assertPresent(judge)(
    answers.map(({ text }) => text),
    signal,
  )
}

/** Returns the index of the highest score; ties: the first. */
const indexOfBest = (scores: readonly number[]): number => scores.indexOf(Math.max(...scores))
