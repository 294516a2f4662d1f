import type { StrategyPair } from '../judge/judged-pairs.js'
import type { CompletedPart } from '../prepared-part.js'
import { promptId, promptText } from '../results/describe-prompt.js'
import { readAnsweredPrompts } from '../results/read-answered-prompts.js'

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
  parts: readonly CompletedPart[],
  pairs: readonly StrategyPair[],
): AsyncGenerator<ShownComparison> {
  for await (const { prompt, answers } of readAnsweredPrompts(parts)) {
    const shared = { index: prompt.index, promptId: promptId(prompt), prompt: promptText(prompt) }
    // The text of a method's only answer; null if there is none.
    const textOf = (label: string) => answers.get(label)?.[0]?.row.text ?? null
    for (const [one, other] of pairs) {
      const [a, b] = [textOf(one.label), textOf(other.label)]
      if (a === null || b === null) continue
      yield { ...shared, first: one.label, second: other.label, texts: [a, b], isEqual: a === b }
    }
  }
}
