import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { replaceFile } from '../../batch/index.js'
import { type EvaluationResults, formatAlpacaEval, ReportError, toAlpacaEval } from '../../report/index.js'

/**
 * Writes the answers of each method into a file that alpaca_eval reads. A method that alpaca_eval
 * would compare wrongly, e.g. because answers are missing, gets no file.
 * @returns a line for each method
 */
export async function exportAnswers(results: EvaluationResults, folder: string): Promise<string[]> {
  const target = join(folder, 'alpaca_eval')
  await mkdir(target, { recursive: true })
  const methods = results.strategies.filter(({ role }) => role === 'method')
  const lines: string[] = []
  for (const { id, label } of methods) {
    const path = join(target, `${label.replace(/[^a-z0-9.=-]+/gi, '_')}.json`)
    lines.push(await exportMethod(results, id, path))
  }
  return lines
}

async function exportMethod(results: EvaluationResults, id: string, path: string): Promise<string> {
  try {
    const rows = toAlpacaEval(results, id)
    await replaceFile(path, formatAlpacaEval(rows))
    return `${path}: ${rows.length} answers for alpaca_eval`
  } catch (error) {
    if (error instanceof ReportError) return `${path} is not written: ${error.message}`
    throw error
  }
}
