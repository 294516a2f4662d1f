/**
 * Reports of evaluations: results in; tables, figures and files out. They know nothing of models,
 * services, or how answers and scores were made.
 */
export { type AlpacaEvalRow, formatAlpacaEval, toAlpacaEval } from './alpaca-eval.js'
export { buildReport } from './build-report.js'
export { compareRuns } from './compare-runs.js'
export { answersToCsv } from './output/to-csv.js'
export { type WrittenReport, writeReport } from './output/write-report.js'
export type { Report } from './report.js'
export { combineRuns } from './results/combine-runs.js'
export { parseResults } from './results/parse-results.js'
export { ReportError } from './results/report-error.js'
export {
  type EvaluatedAnswer,
  type EvaluatedPrompt,
  type EvaluatedStrategy,
  type EvaluationResults,
  type EvaluationResultsInput,
  exchanged,
  type JudgedOrder,
  type Judgement,
  maxAnswers,
} from './results/results-schema.js'
