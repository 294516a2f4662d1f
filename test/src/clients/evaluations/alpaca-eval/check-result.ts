import { type Check, checkClose, checkEqual } from '../report.js'
import type { Evaluated } from './evaluate-prompts.js'
import type { AlpacaPrompt } from './prompts.js'
import type { AlpacaResult } from './run-evaluate.js'

/** Both are means of the same numbers, in another order. */
const error = 1e-9

/**
 * Compares what alpaca_eval found with the exports and with Tandem's report.
 * @param judged the pairs of outputs that its annotator was asked about
 */
export function checkResult(
  prompts: readonly AlpacaPrompt[],
  { model, reference, report }: Evaluated,
  { annotations, leaderboard }: AlpacaResult,
  judged: number,
): Check[] {
  const count = prompts.length
  const outputs = new Map(model.rows.map(({ instruction, output }, i) => [instruction, [reference.rows[i], output]]))
  const joined = annotations.map(({ instruction, output_1: first, output_2: second }) => [instruction, first, second])
  const expected = prompts.map(({ instruction }) => {
    const [other, output] = outputs.get(instruction) ?? []
    return [instruction, typeof other === 'object' ? other.output : undefined, output]
  })
  const different = expected.filter(([, first, second]) => first !== second).length
  const verdicts = [1, 1.5, 2].map((value) => annotations.filter(({ preference }) => preference === value).length)
  const [losses, ties, wins] = verdicts
  const shown = ['n_total', 'n_wins_base', 'n_draws', 'n_wins'].map((name) => Number(leaderboard[name]))
  const name = (text: string) => `alpaca_eval, ${count} prompts: ${text}`
  return [
    checkEqual(name('all rows are exported'), [model.rows.length, reference.rows.length], [count, count]),
    checkEqual(name(`${joined.length} rows are joined, with their own outputs`), joined, expected),
    checkEqual(name(`${judged} pairs are judged, those that differ`), judged, different),
    checkEqual(name(`${wins} wins, ${ties} ties, ${losses} losses`), shown, [count, losses, ties, wins]),
    checkEqual(
      name('each of them exists'),
      verdicts.every((found) => found > 0),
      true,
    ),
    checkEqual(name('the report has the same prompts'), report.count, count),
    checkClose(
      name(`the win rate is W of the report, ${report.rate.toFixed(4)}`),
      [Number(leaderboard.win_rate)],
      [report.rate * 100],
      error,
    ),
  ]
}
