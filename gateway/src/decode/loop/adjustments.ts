import type { Readout, Scores } from '../../session/session.js'
import type { ModelScores } from '../strategies/reads.js'

/** What a request does to logits before anything is chosen from them, as OpenAI's and vLLM's parameters of these names. */
export interface Adjustments {
  /** Added, by token id. */
  readonly logitBias: ReadonlyMap<number, number>
  /** Taken from every token of the answer, once. */
  readonly presencePenalty: number
  /** Taken from every token of the answer, as often as it is there. */
  readonly frequencyPenalty: number
  /** Divides what is above 0 and multiplies what is not, at every token of prompt and answer. */
  readonly repetitionPenalty: number
}

/**
 * Applies adjustments in vLLM's order: bias, repetition, frequency, presence. Log-probabilities that an answer tells are the
 * model's own, as in vLLM: whoever tells them reads the rows from before.
 */
export class Adjuster {
  private readonly counts = new Map<number, number>()
  private readonly seen: Set<number>

  constructor(
    private readonly adjustments: Adjustments,
    promptIds: readonly number[],
  ) {
    this.seen = new Set(promptIds)
  }

  /** The answer's next token. */
  push(id: number): void {
    this.seen.add(id)
    this.counts.set(id, (this.counts.get(id) ?? 0) + 1)
  }

  /** @param scores of the whole vocabulary, by id; changed in place */
  apply(scores: Float32Array | Float64Array): void {
    const { logitBias, presencePenalty, frequencyPenalty, repetitionPenalty } = this.adjustments
    const change = (id: number, to: (score: number) => number) => {
      scores[id] = to(scores[id] ?? Number.NaN)
    }
    for (const [id, bias] of logitBias) change(id, (score) => score + bias)
    if (repetitionPenalty !== 1)
      for (const id of this.seen)
        change(id, (score) => (score > 0 ? score / repetitionPenalty : score * repetitionPenalty))
    for (const [id, count] of this.counts) change(id, (score) => score - frequencyPenalty * count - presencePenalty)
  }

  /** What a service would have read out, had its model given the adjusted logits. */
  read({ scores }: ModelScores, readout: Readout): ModelScores {
    const logits = scores.logits.slice()
    this.apply(logits)
    const adjusted = { tokenIds: scores.tokenIds, logits }
    return { row: { logSumExp: logSumExpOf(logits) }, scores: select(adjusted, readout) }
  }
}

/** Candidates of a full row. Other readouts stay whole: what is chosen from them is filtered there. */
function select({ tokenIds, logits }: Scores, readout: Readout): Scores {
  if (readout.kind !== 'candidates') return { tokenIds, logits }
  const excluded = new Set(readout.exclude)
  const logitOf = (id: number) => logits[id] ?? Number.NaN
  const allowed = tokenIds.filter((id) => !excluded.has(id))
  const max = allowed.reduce((best, id) => Math.max(best, logitOf(id)), Number.NEGATIVE_INFINITY)
  const least = max + Math.log(readout.alpha)
  const candidates = allowed.filter((id) => logitOf(id) >= least).sort((a, b) => logitOf(b) - logitOf(a) || a - b)
  return { tokenIds: candidates, logits: Float32Array.from(candidates, logitOf) }
}

function logSumExpOf(logits: Float32Array): number {
  const max = logits.reduce((best, logit) => Math.max(best, logit), Number.NEGATIVE_INFINITY)
  return max + Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit - max), 0))
}
