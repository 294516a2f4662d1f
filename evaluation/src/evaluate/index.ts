/** Strategies compared on prompts: their answers, the scores of those, results and reports. */

export { checkEvaluation } from './check-evaluation.js'
export { type EvaluationPaths, evaluationPaths } from './evaluation-paths.js'
export type { JudgedPairs, JudgeOptions } from './judge/judge-options.js'
export { maxJudgeRequests } from './judge/judged-pairs.js'
export { defaultTemplate } from './judge/prompt/default-template.js'
export type { EvaluationOptions, EvaluationStage, Serve, ServedGateway } from './options.js'
export { type AskedStrategy, scaleName } from './plan/methods.js'
export { makeReport, type ReportOptions } from './report/make-report.js'
export { runEvaluation } from './run-evaluation.js'
