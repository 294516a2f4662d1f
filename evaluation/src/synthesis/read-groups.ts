import type { Answer } from '../answers/answer.js'
import { type AnswerRow, answerOf, parseAnswerRow } from '../answers/answer-row.js'
import { readRows } from '../answers/read-rows.js'
import { parseScoreRow, type ScoreRow } from '../answers/score-jobs.js'
import type { Selection } from '../answers/select-prompts.js'
import type { Prompt } from '../prompts/index.js'

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

/**
 * Yields the answers to each prompt with their scores. Only one prompt's are in memory.
 * @throws Error if the files do not fit each other; the signal's reason
 */
export async function* readGroups({ selection, answers, scores, perPrompt, signal }: RunFiles): AsyncGenerator<Group> {
  const scored = scores === null ? null : readRows(scores, parseScoreRow, signal)
  const rows = readScored(readRows(answers, parseAnswerRow, signal), scored)
  try {
    for await (const prompt of selection.read()) {
      const pools: (Answer | null)[][] = []
      for (let i = 0; i < perPrompt; i++) {
        const { value } = await rows.next()
        if (value?.row.index !== prompt.index)
          throw new Error(`${answers} does not have the answers to prompt ${prompt.index + 1}: remove the file`)
        const { row, score } = value
        pools[row.pool] = [...(pools[row.pool] ?? []), answerOf(row, score)]
      }
      yield { prompt, pools }
    }
  } finally {
    await rows.return(undefined)
  }
}

interface ScoredRow {
  readonly row: AnswerRow
  readonly score: number | null
}

/** Yields the rows of answers with their scores, which are those of the rows with an answer. */
async function* readScored(
  rows: AsyncGenerator<AnswerRow>,
  scores: AsyncGenerator<ScoreRow> | null,
): AsyncGenerator<ScoredRow, undefined> {
  let at = 0
  try {
    for await (const row of rows) {
      const scored = scores && row.text !== null ? ((await scores.next()).value as ScoreRow | undefined) : null
      if (scored !== null && scored?.answer !== at)
        throw new Error('the file of scores does not match the file of answers: delete it and run again')
      yield { row, score: scored?.score ?? null }
      at++
    }
  } finally {
    await scores?.return(undefined)
  }
}
