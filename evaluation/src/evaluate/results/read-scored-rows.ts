import { readRows } from '../../answers/read-rows.js'
import { parseScoreRow, type ScoreRow } from '../../answers/score-jobs.js'
import { type EvaluationRow, parseEvaluationRow } from '../answers/evaluation-answers.js'
import type { EvaluationFiles } from '../evaluation-paths.js'

/** An answer with its scores. */
export interface ScoredRow extends EvaluationRow {
  /** Null if the reward model refused the answer. */
  readonly oracle: number | null
  /** Null if there is no picker, or it refused the answer. */
  readonly picker: number | null
}

/** Yields the rows of answers with their scores, in the order of the file of answers. */
export async function* readScoredRows(
  { answers, oracle, picker }: EvaluationFiles,
  signal: AbortSignal,
): AsyncGenerator<ScoredRow> {
  const [byOracle, byPicker] = [
    new ScoreReader(oracle, signal),
    picker === null ? null : new ScoreReader(picker, signal),
  ]
  let at = 0
  try {
    for await (const row of readRows(answers, parseEvaluationRow, signal)) {
      // Only answers have a row in the files of scores.
      const isScored = row.text !== null
      const byOne = isScored ? await byOracle.read(at) : null
      const byOther = isScored && byPicker ? await byPicker.read(at) : null
      yield { ...row, oracle: byOne, picker: byOther }
      at++
    }
  } finally {
    await Promise.all([byOracle.close(), byPicker?.close()])
  }
}

class ScoreReader {
  private readonly rows: AsyncGenerator<ScoreRow>

  constructor(
    private readonly path: string,
    signal: AbortSignal,
  ) {
    this.rows = readRows(path, parseScoreRow, signal)
  }

  /** The score of the answer at a row of the file of answers. Call it in the order of the rows. */
  async read(answer: number): Promise<number | null> {
    const row = (await this.rows.next()).value as ScoreRow | undefined
    if (row?.answer !== answer)
      throw new Error(`${this.path} does not match the file of answers: delete it and run again`)
    return row.score
  }

  async close(): Promise<void> {
    await this.rows.return(undefined)
  }
}
