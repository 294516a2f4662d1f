import type { IntervalOptions } from '../../statistics/index.js'
import type { EvaluatedStrategy } from '../results/results-schema.js'
import type { ScoredResults, Setting } from '../results/scored-results.js'
import { JudgedComparison } from './judged-comparison.js'
import { moreTokens, winRate } from './method-scores.js'
import { type Cell, number, type Table, text } from './table.js'

/** Makes the table of what an LLM judge said of pairs of methods. Null if there is no judge. */
export function judgeTable(scored: ScoredResults, options: IntervalOptions): Table | null {
  const { judge, oracle } = scored.results
  if (judge === null) return null
  return {
    id: 'judge',
    title: `Judge ${judge}`,
    caption: captionOf(judge, oracle),
    columns: [
      ...['comparison', 'pair', 'dataset', 'prompts', 'W by judge', 'W by oracle', 'ties', 'equal answers'],
      ...['no verdict', 'same in both orders', 'first place', 'agreement', 'more tokens'],
    ],
    rows: scored.settings().flatMap((setting) => rowsOf(scored, setting, options)),
  }
}

const captionOf = (judge: string, oracle: string): string =>
  `W: win rate of the first method by ${judge} and by ${oracle}, ties as halves. The judge saw both orders of the ` +
  'answers: a win is a win in both, and orders that differ are a tie. Equal answers are ties that were not asked ' +
  'for. No verdict: an order has none that can be read; these prompts are left out. Same in both orders: share ' +
  'of comparisons with one verdict. First place: share of verdicts for the answer that stood first, ties as ' +
  `halves; 0.5 is no position bias. Agreement: share of prompts on which the judge and ${oracle} prefer the same ` +
  'answer, if neither calls a tie. More tokens: mean length of the first minus the second. Brackets: 95% interval.'

function rowsOf(scored: ScoredResults, setting: Setting, options: IntervalOptions): Cell[][] {
  return methodPairs(scored, setting).flatMap(([first, second]) => {
    const judged = new JudgedComparison(scored, first, second, setting.dataset)
    if (judged.judgements.length === 0) return []
    return [
      [
        text(`${first.label} against ${second.label}`),
        text(setting.pair),
        text(setting.dataset),
        number(judged.prompts, 0),
        judged.winRate(options),
        winRate(scored, first, second, setting.dataset, options),
        ...[judged.ties, judged.equalAnswers, judged.undecided].map((count) => number(count, 0)),
        judged.sameInBothOrders(options),
        judged.firstPlace(options),
        judged.agreement(options),
        moreTokens(scored, first, second, setting.dataset, options),
      ],
    ]
  })
}

/** Every two methods of a pair of models; the reference is the first of its pairs. */
function methodPairs(scored: ScoredResults, { pair }: Setting): (readonly [EvaluatedStrategy, EvaluatedStrategy])[] {
  const methods = scored.strategies(pair, 'method')
  const isReference = ({ label }: EvaluatedStrategy) => label === scored.results.reference
  const ordered = [...methods.filter(isReference), ...methods.filter((method) => !isReference(method))]
  return ordered.flatMap((first, i) => ordered.slice(i + 1).map((second) => [first, second] as const))
}
