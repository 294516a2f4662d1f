import { assertPresent } from '../assert-present.js'
import { Adjuster } from '../loop/adjustments.js'
import type { DecodeRequest } from '../loop/decode-request.js'
import { topScores } from '../loop/describe-token.js'
import type { ModelSessions } from '../loop/model-sessions.js'
import { firstOf, gatherAt, readStep, type StepRead } from '../loop/read-step.js'
import { reorderSequences, type SequenceGroup, sequenceAt } from '../loop/sequence-group.js'
import { consumeCalls, startStep } from '../loop/step-clock.js'
import type { PickedToken, Token, TokenTiming } from '../loop/token.js'
import { describeChoice, logprobOf } from '../loop/token-choice.js'
import { logProbabilityAt } from '../strategies/advantage.js'
import type { BoundBeamStrategy } from '../strategies/bound-strategy.js'
import { type Continuation, expand } from './expand.js'
import { type RankedBeam, rank } from './rank.js'
import { selectBeams } from './select-beams.js'

type BeamRequest = DecodeRequest<BoundBeamStrategy>

/** A beam with its tokens. */
export interface Beam extends RankedBeam {
  /** Includes the end token if the beam has one. */
  readonly tokens: readonly Token[]
}

/** The result of a beam search. */
export interface SearchResult {
  /** Best first, at least one. */
  readonly beams: readonly Beam[]
  /**
   * Number of tokens of all beams that were kept in a round,
   * including beams that were dropped later.
   */
  readonly generatedTokens: number
}

/**
 * Runs a beam search. Each round, all live beams run one token, as one message and one batch of
 * each model. The best continuations become the new beams, and the sessions are reordered to match
 * them. The search ends if `width` beams have finished, if no beam is live, or at max_tokens.
 *
 * This folder searches over token ids. It does not know text or how strategies score tokens.
 */
export async function searchBeams(group: SequenceGroup, request: BeamRequest): Promise<SearchResult> {
  const { strategy, maxTokens, endTokenIds } = request
  const ends = new Set(endTokenIds)
  const finished: Beam[] = []
  let live: readonly Beam[] = [{ tokens: [], score: 0, length: 0 }]
  let generatedTokens = 0
  let promptCalls = consumeCalls(sequenceAt(group, 0))
  for (let index = 0; index < maxTokens; index++) {
    const stop = startStep(performance.now(), promptCalls)
    promptCalls = []
    const steps = await readBeams(group, live, request)
    const best = expand(
      live.map(({ score }, i) => ({ score, next: strategy.score(assertPresent(steps[i]).input) })),
      2 * strategy.width,
    )
    const selected = selectBeams(best, strategy.width, (id) => ends.has(id))
    // Beams share all messages, so the calls of the first one are those of the round.
    const round = { live, steps, timing: { ...stop(sequenceAt(group, 0)), drafted: 0, accepted: 0 } }
    const extend = (continuations: readonly Continuation[]) => extendBeams(group, round, continuations, request)
    finished.push(...(await extend(selected.finished)))
    live = await extend(selected.live)
    generatedTokens += selected.finished.length + live.length
    if (finished.length >= strategy.width || live.length === 0) break
    reorderSequences(
      group,
      selected.live.map(({ parent }) => parent),
    )
  }
  return { beams: rank(finished, live, strategy), generatedTokens }
}

/**
 * Appends each beam's last token and reads its continuations. The first round
 * sends the missing part of the prompt.
 */
function readBeams(group: SequenceGroup, live: readonly Beam[], request: BeamRequest): Promise<StepRead[]> {
  const { strategy, minTokens, endTokenIds, promptIds, logprobsOf, topLogprobs } = request
  const index = assertPresent(live[0]).length
  const excluded = index < minTokens ? endTokenIds : []
  const reads = strategy.reads(excluded)
  const options = { index, excluded: new Set(excluded), top: { model: logprobsOf, count: topLogprobs } }
  const read = ({ tokens }: Beam, i: number) => {
    const sessions = sequenceAt(group, i)
    const nextIds = tokens.length > 0 ? tokens.slice(-1).map(({ id }) => id) : missingPrompt(sessions, promptIds)
    return readStep(sessions, nextIds, reads, { ...options, adjuster: adjusterOf(tokens, request) })
  }
  return Promise.all(live.map(read))
}

/** Returns the part of the prompt that no session holds yet. All sessions hold the same part. */
function missingPrompt(sessions: ModelSessions, promptIds: readonly number[]): readonly number[] {
  const [session] = sessions.values()
  return promptIds.slice(assertPresent(session).position)
}

/** Creates the adjuster of one beam: penalties count its own tokens. */
function adjusterOf(tokens: readonly Token[], { adjustments, promptIds }: BeamRequest): Adjuster | null {
  if (!adjustments) return null
  const adjuster = new Adjuster(adjustments, promptIds)
  for (const { id } of tokens) adjuster.push(id)
  return adjuster
}

/** What a round has read, by live beam. */
interface Round {
  readonly live: readonly Beam[]
  readonly steps: readonly StepRead[]
  readonly timing: TokenTiming
}

async function extendBeams(
  group: SequenceGroup,
  { live, steps, timing }: Round,
  continuations: readonly Continuation[],
  request: BeamRequest,
): Promise<Beam[]> {
  const beams: Beam[] = []
  // One after another: beams can continue one parent, and a session runs one call at a time.
  for (const { parent, id, score } of continuations) {
    const { tokens } = assertPresent(live[parent])
    const picked = await describe(id, assertPresent(steps[parent]), () => sequenceAt(group, parent), request)
    beams.push({ tokens: [...tokens, { ...picked, timing }], score, length: tokens.length + 1 })
  }
  return beams
}

/** Adds unadjusted log-probabilities, which are read if the search itself has not read them. */
async function describe(
  id: number,
  step: StepRead,
  sessions: () => ModelSessions,
  { logprobsOf, topLogprobs }: BeamRequest,
): Promise<PickedToken> {
  const choice = describeChoice(id, step)
  if (topLogprobs === null) return { id, logprob: null, top: [], detail: null, choice }
  const row = assertPresent(step.rows.get(logprobsOf))
  const known = logprobsOf === step.reads.lead ? firstOf(row) : step.unadjusted.get(logprobsOf)
  const logprob = logprobOf(id, known) ?? logProbabilityAt(await gatherAt(sessions(), logprobsOf, [id]), 0)
  const top = topLogprobs > 0 ? topScores(row, row.scores.length - 1, topLogprobs) : []
  return { id, logprob, top, detail: null, choice }
}
