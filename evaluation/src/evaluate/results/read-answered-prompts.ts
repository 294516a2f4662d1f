import type { Prompt } from '../../prompts/index.js'
import type { PreparedEvaluation } from '../prepared-evaluation.js'
import { type EvaluationFiles, readScoredRows, type ScoredRow } from './read-scored-rows.js'

/** A prompt with all its answers. */
export interface AnsweredPrompt {
  readonly prompt: Prompt
  /** The answers of each pool, in the order of their numbers. */
  readonly rows: readonly ScoredRow[]
}

/**
 * Yields the prompts with the rows of complete files.
 * @throws Error if rows are missing
 */
export async function* readAnsweredPrompts(
  { options, selection, plan }: PreparedEvaluation,
  files: EvaluationFiles,
): AsyncGenerator<AnsweredPrompt> {
  const rows = readScoredRows(files, options.signal)
  const perPrompt = plan.pools.reduce((sum, { samples }) => sum + samples, 0)
  try {
    for await (const prompt of selection.read()) yield { prompt, rows: await take(rows, perPrompt) }
  } finally {
    await rows.return(undefined)
  }
}

async function take(rows: AsyncGenerator<ScoredRow>, count: number): Promise<ScoredRow[]> {
  const taken: ScoredRow[] = []
  while (taken.length < count) {
    const { value, done } = await rows.next()
    if (done) throw new Error('the file of answers has too few rows: run the same command again')
    taken.push(value)
  }
  return taken
}
