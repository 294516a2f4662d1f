import type { Readout, Scores } from '../../session/contract/session.js'
import type { ModelScores } from '../strategies/reads.js'

/**
 * Changes to the logits before a token is chosen, as in the OpenAI
 * and vLLM parameters with these names.
 */
export interface Adjustments {
  /** Values added to logits, by token id. */
  readonly logitBias: ReadonlyMap<number, number>
  /** Subtracted once from each token that the answer contains. */
  readonly presencePenalty: number
  /** Subtracted from each token once for each time that it appears in the answer. */
  readonly frequencyPenalty: number
  /**
   * Divides positive logits and multiplies the others, for each token in the prompt and the answer.
   */
  readonly repetitionPenalty: number
}

/**
 * Applies adjustments in vLLM's order: bias, repetition, frequency, presence. As in vLLM, the
 * reported log-probabilities are the model's own: read them from the rows before the adjustments.
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

  /** Records the next token of the answer. */
  push(id: number): void {
    this.seen.add(id)
    this.counts.set(id, (this.counts.get(id) ?? 0) + 1)
  }

  /** @param scores of the whole vocabulary, indexed by token id; changed in place */
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

  /** Returns what the service would have read out if its model had computed the adjusted logits. */
  read({ scores }: ModelScores, readout: Readout): ModelScores {
    const logits = scores.logits.slice()
    this.apply(logits)
    const adjusted = { tokenIds: scores.tokenIds, logits }
    return { row: { logSumExp: logSumExpOf(logits) }, scores: select(adjusted, readout) }
  }
}

/**
 * Selects the candidates of a full row. Other readouts stay
 * complete: the strategy filters them itself.
 */
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
