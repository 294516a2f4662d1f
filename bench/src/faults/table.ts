import { quantile } from '@tandem/process'
import type { FaultCase, FaultResult } from './case.js'

/** A case and what came of it; an error if it could not run. */
export interface Outcome {
  readonly fault: FaultCase
  readonly result: FaultResult | Error
}

/** Whether all tries survived and nothing leaked. */
export const isSurvived = ({ result }: Outcome): boolean =>
  !(result instanceof Error) && result.tried > 0 && result.survived === result.tried && result.leaked === 0

/** Returns a Markdown table with one row per fault. */
export function tableOf(outcomes: readonly Outcome[]): string {
  return [
    '| | fault | tried | survived | what the clients saw | sessions leaked | recovery, median / worst |',
    '|---|---|---|---|---|---|---|',
    ...outcomes.map((outcome) => `| ${cellsOf(outcome).map(escapeCell).join(' | ')} |`),
  ].join('\n')
}

function cellsOf({ fault, result }: Outcome): string[] {
  if (result instanceof Error) return [fault.key, fault.title, '0', '0', `did not run: ${result.message}`, '', '']
  const { tried, survived, seen, leaked, recoveryMs, notes = [] } = result
  const saw = [...[...seen].map(([what, count]) => `${what}: ${count}`), ...notes].join('; ')
  return [fault.key, fault.title, `${tried}`, `${survived}`, saw, `${leaked}`, recoveryOf(recoveryMs)]
}

function recoveryOf(values: readonly number[]): string {
  if (values.length === 0) return ''
  const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`
  const sorted = values.toSorted((a, b) => a - b)
  return `${seconds(quantile(sorted, 0.5))} / ${seconds(quantile(sorted, 1))}`
}

const escapeCell = (cell: string): string => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')
