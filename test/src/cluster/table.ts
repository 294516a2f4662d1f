import { markdownTable } from '../support/markdown-table.js'
import type { Step, StepResult } from './step.js'

/** A step and what came of it; an error if it could not be done. */
export interface StepRow {
  readonly step: Pick<Step, 'title'>
  readonly result: StepResult | Error
  readonly seconds: number
}

/** Whether all that was tried passed. */
export const isPassed = ({ result }: StepRow): boolean =>
  !(result instanceof Error) && result.tried > 0 && result.passed === result.tried

/** Returns a Markdown table with a line for each step. */
export const tableOf = (rows: readonly StepRow[]): string =>
  markdownTable({ header: ['step', 'tried', 'passed', 'found', 'time'], rows: rows.map(cellsOf) })

function cellsOf({ step, result, seconds }: StepRow): string[] {
  const time = `${seconds.toFixed(0)} s`
  if (result instanceof Error) return [step.title, '0', '0', `not done: ${result.message}`, time]
  return [step.title, `${result.tried}`, `${result.passed}`, result.found, time]
}
