import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  answersToCsv,
  buildReport,
  combineRuns,
  compareRuns,
  type EvaluationResults,
  parseResults,
  type WrittenReport,
  writeReport,
} from '../../report/index.js'
import { evaluationPaths } from '../evaluation-paths.js'
import { exportAnswers } from './export-answers.js'
import { summarizeReport } from './summarize-report.js'

/** What is made of results besides the report. */
export interface ReportOptions {
  /** The folder of an earlier evaluation to compare with. */
  readonly compare: string | null
  /** Folders of evaluations of other pairs, for a report of all pairs. */
  readonly combine: readonly string[]
  readonly exportFor: 'alpaca_eval' | null
}

/**
 * Makes the report of the results in a folder, without a gateway.
 * @returns lines that say what was found and written
 * @throws Error if there are no results; ReportError if no report can be made of them
 */
export async function makeReport(folder: string, options: ReportOptions, signal: AbortSignal): Promise<string[]> {
  const results = await readResults(folder, signal)
  const report = buildReport(results)
  const more = new Map([['answers.csv', answersToCsv(results)]])
  const written = await writeReport(report, folder, more, signal)
  const lines = [...summarizeReport(report), ...describeFiles(written)]
  if (options.exportFor !== null) lines.push(...(await exportAnswers(results, folder)))
  if (options.compare !== null) lines.push(...(await compare(results, folder, options.compare, signal)))
  if (options.combine.length > 0) lines.push(...(await combine(results, folder, options.combine, signal)))
  return lines
}

/**
 * Reads the results of an evaluation.
 * @throws Error if there are none
 */
async function readResults(folder: string, signal: AbortSignal): Promise<EvaluationResults> {
  const path = evaluationPaths(folder).results
  const text = await readFile(path, { encoding: 'utf8', signal }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT')
      throw new Error(`${path} does not exist: expected the results of a finished "tandem evaluate". Run it first`)
    throw error
  })
  return parseResults(parse(path, text))
}

function parse(path: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new Error(`${path} is not JSON: run "tandem evaluate" again to rewrite it`, { cause })
  }
}

async function compare(results: EvaluationResults, folder: string, other: string, signal: AbortSignal) {
  const report = compareRuns(await readResults(other, signal), results)
  const written = await writeReport(report, join(folder, 'comparison'), new Map(), signal)
  return describeFiles(written)
}

async function combine(
  results: EvaluationResults,
  folder: string,
  others: readonly string[],
  signal: AbortSignal,
): Promise<string[]> {
  const combined = combineRuns(results, await Promise.all(others.map((other) => readResults(other, signal))))
  const written = await writeReport(buildReport(combined), join(folder, 'combined'), new Map(), signal)
  return describeFiles(written)
}

const describeFiles = ({ page, files, withoutPng }: WrittenReport): string[] => [
  `${page}: the report, with ${files.length - 1} more files next to it`,
  ...(withoutPng.length > 0 ? [`${withoutPng.length} figures have no PNG, because this machine has no fonts`] : []),
]
