import { ReportError } from './results/report-error.js'
import type { EvaluatedAnswer, EvaluationResults } from './results/results-schema.js'

/** A row of alpaca_eval's model outputs. */
export interface AlpacaEvalRow {
  readonly dataset: string
  /** The prompt, byte for byte: alpaca_eval joins on it. */
  readonly instruction: string
  readonly output: string
  readonly generator: string
}

/** Maximum names in a message. */
const maxNamed = 3

/**
 * Exports the answers of one strategy for alpaca_eval, which reads a JSON array in a file whose
 * name ends in `.json`.
 * @param strategyId id of the strategy; of several samples the first is exported
 * @throws ReportError if alpaca_eval would join rows wrongly or lose some
 */
export function toAlpacaEval(results: EvaluationResults, strategyId: string): AlpacaEvalRow[] {
  const strategy = results.strategies.find(({ id }) => id === strategyId)
  if (!strategy) {
    const ids = results.strategies.map(({ id }) => id).join(', ')
    throw new ReportError(`There is no strategy ${strategyId}: expected one of ${ids}`)
  }
  requireDifferentTexts(results)
  const answers = firstAnswers(results, strategyId)
  requireAllAnswers(results, answers)
  const generator = `${strategy.pair} ${strategy.label}`
  const rows = results.prompts.map(({ id, dataset, text }) => {
    return { dataset, instruction: text, output: answers.get(id)?.text ?? '', generator }
  })
  requireText(rows)
  return rows
}

/** Writes rows as the JSON array that alpaca_eval reads. */
export const formatAlpacaEval = (rows: readonly AlpacaEvalRow[]): string => `${JSON.stringify(rows, null, 2)}\n`

function firstAnswers({ answers }: EvaluationResults, strategyId: string): ReadonlyMap<string, EvaluatedAnswer> {
  const ours = answers.filter(({ strategy }) => strategy === strategyId)
  return new Map(ours.sort((a, b) => b.sample - a.sample).map((answer) => [answer.prompt, answer]))
}

function requireDifferentTexts({ prompts }: EvaluationResults): void {
  const idOf = new Map<string, string>()
  const repeated = prompts.filter(({ id, text }) => {
    const isRepeated = idOf.has(text)
    idOf.set(text, id)
    return isRepeated
  })
  if (repeated.length === 0) return
  throw new ReportError(
    `${repeated.length} prompts repeat the text of another one, such as ${named(repeated)}: alpaca_eval joins rows by ` +
      'the text and would count each of them several times. Remove the repeated prompts',
  )
}

function requireAllAnswers({ prompts }: EvaluationResults, answers: ReadonlyMap<string, unknown>): void {
  const missing = prompts.filter(({ id }) => !answers.has(id))
  if (missing.length === 0) return
  throw new ReportError(
    `${missing.length} of ${prompts.length} prompts have no answer, such as ${named(missing)}: alpaca_eval would leave ` +
      'them out of the win rate. Answer them first',
  )
}

function requireText(rows: readonly AlpacaEvalRow[]): void {
  if (!rows.every(({ output }) => output.trim() !== '' && Number.isFinite(Number(output)))) return
  throw new ReportError('All answers are numbers: alpaca_eval reads text only. Check the model')
}

const named = (prompts: readonly { readonly id: string }[]): string =>
  prompts
    .slice(0, maxNamed)
    .map(({ id }) => id)
    .join(', ')
