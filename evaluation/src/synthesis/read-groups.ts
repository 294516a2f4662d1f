import type { Prompt } from '../prompts/index.js'
import { type AnswerRow, answerOf, parseAnswerRow } from './answers/answer-row.js'
import { readRows } from './answers/read-rows.js'
import type { Answer } from './pair.js'
import { parseScoreRow, type ScoreRow } from './scores/score-jobs.js'
import type { Selection } from './selection/select-prompts.js'

/** The answers to one prompt. */
export interface Group {
  readonly prompt: Prompt
  /** For each pool the answers in their order; null: the gateway refused the request. */
  readonly pools: readonly (readonly (Answer | null)[])[]
}

/** The complete files of a run. */
export interface RunFiles {
  readonly selection: Selection
  readonly answers: string
  /** Null if there is no reward model. */
  readonly scores: string | null
  /** Rows of answers to each prompt. */
  readonly perPrompt: number
  readonly signal: AbortSignal
}

/** Yields the answers to each prompt with their scores. Only one prompt's are in memory. */
export async function* readGroups({ selection, answers, scores, perPrompt, signal }: RunFiles): AsyncGenerator<Group> {
  const rows = readRows(answers, parseAnswerRow, signal)
  const scored = scores === null ? null : new ScoreReader(readRows(scores, parseScoreRow, signal))
  let at = 0
  for await (const prompt of selection.read()) {
    const pools: (Answer | null)[][] = []
    for (let i = 0; i < perPrompt; i++) {
      const row = (await rows.next()).value as AnswerRow | undefined
      if (row?.index !== prompt.index)
        throw new Error(`${answers} does not have the answers to prompt ${prompt.index + 1}: remove the file`)
      const score = row.text === null || !scored ? null : await scored.read(at)
      const pool = pools[row.pool] ?? []
      pools[row.pool] = [...pool, answerOf(row, score)]
      at++
    }
    yield { prompt, pools }
  }
  await rows.return(undefined)
}

class ScoreReader {
  constructor(private readonly rows: AsyncGenerator<ScoreRow>) {}

  /** The score of the answer at a row of the file of answers. Call it in the order of the rows. */
  async read(answer: number): Promise<number | null> {
    const row = (await this.rows.next()).value as ScoreRow | undefined
    if (row?.answer !== answer) throw new Error('the file of scores does not fit the file of answers: remove it')
    return row.score
  }
}
