import type { StrategyPair } from '../judge/judged-pairs.js'
import type { PlannedStrategy } from '../plan/plan-evaluation.js'
import type { PreparedEvaluation } from '../prepared-evaluation.js'
import { promptId, promptText } from '../results/describe-prompt.js'
import { pickAnswers } from '../results/pick-answers.js'
import { readAnsweredPrompts } from '../results/read-answered-prompts.js'
import type { EvaluationFiles, ScoredRow } from '../results/read-scored-rows.js'

/** Two strategies that both answered a prompt. */
export interface Comparison {
  /** The index of the prompt in its file. */
  readonly index: number
  /** The name of the prompt in results. */
  readonly promptId: string
  /** Labels of the strategies. */
  readonly first: string
  readonly second: string
  /** Whether both answers are the same text: a tie that need not be asked for. */
  readonly isEqual: boolean
}

/** A comparison with the texts that the judge reads. */
export interface ShownComparison extends Comparison {
  readonly prompt: string
  readonly texts: readonly [first: string, second: string]
}

/** Yields every comparison that has both answers: prompt by prompt, pair by pair. */
export async function* readComparisons(
  prepared: PreparedEvaluation,
  files: EvaluationFiles,
  pairs: readonly StrategyPair[],
): AsyncGenerator<ShownComparison> {
  for await (const { prompt, rows } of readAnsweredPrompts(prepared, files)) {
    const shared = { index: prompt.index, promptId: promptId(prompt), prompt: promptText(prompt) }
    for (const [one, other] of pairs) {
      const [a, b] = [answerOf(one, rows), answerOf(other, rows)]
      if (a === null || b === null) continue
      yield { ...shared, first: one.label, second: other.label, texts: [a, b], isEqual: a === b }
    }
  }
}

/** The text of a method's answer; null if there is none. */
function answerOf(strategy: PlannedStrategy, rows: readonly ScoredRow[]): string | null {
  const [answer] = pickAnswers(
    strategy,
    rows.filter(({ pool }) => pool === strategy.pool),
  )
  return answer?.row.text ?? null
}
