import { Adjuster } from '../loop/adjustments.js'
import { topScores } from '../loop/describe-token.js'
import { firstOf, readStep, type StepRead } from '../loop/read-step.js'
import { reorderSets, type SessionSets, sequenceOf } from '../loop/sequence-group.js'
import { present } from '../assert-present.js'
import { logProbabilityAt } from '../strategies/advantage.js'
import type { BeamMethod } from '../strategies/bound-strategy.js'
import type { DecodeRequest } from '../loop/decode-request.js'
import type { Token } from '../loop/token.js'
import { type Continuation, expand } from './expand.js'
import { type Ranked, rank } from './rank.js'
import { settle } from './select-beams.js'

type BeamRequest = DecodeRequest<BeamMethod>

export interface Beam extends Ranked {
  /** With the end token, where it has one. */
  readonly tokens: readonly Token[]
}

export interface Search {
  /** Best first, at least one. */
  readonly beams: readonly Beam[]
  /** Of all beams that were kept in a round, whatever became of them. */
  readonly generatedTokens: number
}

/**
 * Beam search: all live beams run one token as one message and one batch of each model, the best continuations are dealt, and the
 * sessions go on from the beams that had them. Ends when `width` beams have finished, when none is live, or at max_tokens.
 */
export async function searchBeams(sets: SessionSets, request: BeamRequest): Promise<Search> {
  const { method, maxTokens, endTokenIds } = request
  const ends = new Set(endTokenIds)
  const finished: Beam[] = []
  let live: readonly Beam[] = [{ tokens: [], score: 0, length: 0 }]
  let generatedTokens = 0
  for (let index = 0; index < maxTokens; index++) {
    const steps = await readBeams(sets, live, request)
    const best = expand(
      live.map(({ score }, i) => ({ score, next: method.score(present(steps[i]).input) })),
      2 * method.width,
    )
    const settled = settle(best, method.width, (id) => ends.has(id))
    const before = live
    const extend = (continuation: Continuation) => extended(before, steps, continuation, request)
    finished.push(...settled.finished.map(extend))
    live = settled.live.map(extend)
    generatedTokens += settled.finished.length + live.length
    if (finished.length >= method.width || live.length === 0) break
    reorderSets(
      sets,
      settled.live.map(({ parent }) => parent),
    )
  }
  return { beams: rank(finished, live, method), generatedTokens }
}

/** Appends its last token to each beam, and reads what follows; at first the prompt, of which a part may be there. */
function readBeams(sets: SessionSets, live: readonly Beam[], request: BeamRequest): Promise<StepRead[]> {
  const { method, minTokens, endTokenIds, promptIds, topLogprobs } = request
  const index = present(live[0]).length
  const excluded = index < minTokens ? endTokenIds : []
  const reads = method.reads(excluded)
  const options = { index, excluded: new Set(excluded), topLogprobs }
  const read = ({ tokens }: Beam, i: number) => {
    const sessions = sequenceOf(sets, i)
    const nextIds = tokens.length > 0 ? tokens.slice(-1).map(({ id }) => id) : unread(sessions, promptIds)
    return readStep(sessions, nextIds, reads, { ...options, adjuster: adjusterOf(tokens, request) })
  }
  return Promise.all(live.map(read))
}

/** All sessions hold equally much of the prompt. */
function unread(sessions: ReturnType<typeof sequenceOf>, promptIds: readonly number[]): readonly number[] {
  const [session] = sessions.values()
  return promptIds.slice(present(session).position)
}

/** Penalties count each beam's own tokens. */
function adjusterOf(tokens: readonly Token[], { adjustments, promptIds }: BeamRequest): Adjuster | null {
  if (!adjustments) return null
  const adjuster = new Adjuster(adjustments, promptIds)
  for (const { id } of tokens) adjuster.push(id)
  return adjuster
}

function extended(
  live: readonly Beam[],
  steps: readonly StepRead[],
  { parent, id, score }: Continuation,
  { topLogprobs }: BeamRequest,
): Beam {
  const { tokens } = present(live[parent])
  const token = describe(id, present(steps[parent]), topLogprobs)
  return { tokens: [...tokens, token], score, length: tokens.length + 1 }
}

/** log p of the leading model, which is the DPO model, as it gave it. */
function describe(id: number, { rows }: StepRead, topLogprobs: number | null): Token {
  if (topLogprobs === null) return { id, logprob: null, top: [], detail: null }
  const row = present(rows.get('dpo'))
  const read = firstOf(row)
  const logprob = logProbabilityAt(read, read.scores.tokenIds.indexOf(id))
  return { id, logprob, top: topScores(row, row.scores.length - 1, topLogprobs), detail: null }
}
