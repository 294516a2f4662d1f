import { ReportError } from './report-error.js'
import type { EvaluationResults } from './results-schema.js'

/**
 * Requires that two runs were scored by the same reward model: one of the same name, and of the
 * same version if both runs know it. Their facts name it, as `describeRun` writes them.
 * @throws ReportError
 */
export function requireOneOracle(before: EvaluationResults, after: EvaluationResults): void {
  if (before.oracle !== after.oracle)
    throw new ReportError(
      `The runs were scored by ${before.oracle} and ${after.oracle}: expected one oracle. Score one of them again`,
    )
  const [first, second] = [before, after].map(({ facts, oracle }) => facts[`model ${oracle}`])
  if (first !== undefined && second !== undefined && first !== second)
    throw new ReportError(
      `The oracle ${before.oracle} of one run is ${first}, and that of the other is ${second}: ` +
        'expected one model. Score one of the runs again',
    )
}
