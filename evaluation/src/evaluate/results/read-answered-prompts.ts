import type { Prompt } from '../../prompts/index.js'
import type { CompletedPart } from '../prepared-part.js'
import { type PickedAnswer, pickAnswers } from './pick-answers.js'
import { readScoredRows, type ScoredRow } from './read-scored-rows.js'

/** A prompt with the answers of all strategies. */
export interface AnsweredPrompt {
  readonly prompt: Prompt
  /** The answers of each strategy, by its label. */
  readonly answers: ReadonlyMap<string, readonly PickedAnswer[]>
}

/**
 * Yields the prompts with their answers, of the complete files of all parts.
 * @throws Error if rows are missing
 */
export async function* readAnsweredPrompts(parts: readonly CompletedPart[]): AsyncGenerator<AnsweredPrompt> {
  const readers = parts.map((part) => ({ ...part, rows: readScoredRows(part.files, part.options.signal) }))
  try {
    for await (const prompt of parts[0]?.selection.read() ?? []) {
      const answers = new Map<string, readonly PickedAnswer[]>()
      for (const { part, rows } of readers) {
        const found = await take(rows, part.pools)
        for (const strategy of part.strategies)
          answers.set(
            strategy.label,
            pickAnswers(
              strategy,
              found.filter(({ pool }) => pool === strategy.pool),
            ),
          )
      }
      yield { prompt, answers }
    }
  } finally {
    await Promise.all(readers.map(({ rows }) => rows.return(undefined)))
  }
}

/** Takes the rows of the next prompt. */
async function take(
  rows: AsyncGenerator<ScoredRow>,
  pools: readonly { readonly samples: number }[],
): Promise<ScoredRow[]> {
  const count = pools.reduce((sum, { samples }) => sum + samples, 0)
  const taken: ScoredRow[] = []
  while (taken.length < count) {
    const { value, done } = await rows.next()
    if (done) throw new Error('the file of answers has too few rows: run the same command again')
    taken.push(value)
  }
  return taken
}
