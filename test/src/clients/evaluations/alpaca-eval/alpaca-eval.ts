import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Check, checkEqual } from '../report.js'
import type { Server } from '../server.js'
import { checkResult } from './check-result.js'
import { type Evaluated, evaluatePrompts, oracle } from './evaluate-prompts.js'
import { type AlpacaPrompt, readOwnPrompts, repeatPrompts } from './prompts.js'
import { startRewardJudge } from './reward-judge.js'
import { type AlpacaResult, runEvaluate } from './run-evaluate.js'

/**
 * Exports evaluations for alpaca_eval, runs it on them, and compares what it joined and its win
 * rate with Tandem's report. Its annotator compares by the scores of the same reward model.
 * @param python the program of an environment with alpaca_eval
 * @param server serves the reward model `oracle`, with equal scores for equal requests
 */
export async function runAlpacaEval(python: string, server: Server): Promise<Check[]> {
  const folder = await mkdtemp(join(tmpdir(), 'tandem-alpaca-eval-'))
  try {
    const own = await readOwnPrompts()
    const evaluated = await evaluate(server, own, folder)
    return [
      ...(await checkRun(python, server, own, evaluated, folder)),
      await checkTrimmed(python, server, evaluated, folder),
      ...(await checkWhole(python, server, repeatPrompts(own), folder)),
    ]
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

const evaluate = async (server: Server, prompts: readonly AlpacaPrompt[], folder: string) =>
  evaluatePrompts(server, prompts, await mkdtemp(join(folder, 'evaluated-')))

/** Checks as many prompts as alpaca_eval's data set has. */
const checkWhole = async (python: string, server: Server, prompts: readonly AlpacaPrompt[], folder: string) =>
  checkRun(python, server, prompts, await evaluate(server, prompts, folder), folder)

async function checkRun(
  python: string,
  server: Server,
  prompts: readonly AlpacaPrompt[],
  evaluated: Evaluated,
  folder: string,
): Promise<Check[]> {
  const { result, judged } = await annotate(python, server, evaluated, folder)
  return checkResult(prompts, evaluated, result, judged)
}

/** The check of joined rows can fail: alpaca_eval drops a row whose instruction lost a space. */
async function checkTrimmed(python: string, server: Server, { model, ...others }: Evaluated, folder: string) {
  const rows = model.rows.map((row) => ({ ...row, instruction: row.instruction.trimEnd() }))
  const [count, lost] = [rows.length, rows.filter((row, i) => row.instruction !== model.rows[i]?.instruction).length]
  const trimmed = { path: join(folder, 'trimmed.json'), rows }
  await writeFile(trimmed.path, JSON.stringify(rows))
  const { result } = await annotate(python, server, { model: trimmed, ...others }, folder)
  const name = `alpaca_eval: without the spaces at their ends, ${lost} of ${count} rows are lost`
  return checkEqual(name, [lost > 0, result.annotations.length], [true, count - lost])
}

async function annotate(
  python: string,
  server: Server,
  { model, reference }: Evaluated,
  folder: string,
): Promise<{ result: AlpacaResult; judged: number }> {
  const judge = await startRewardJudge(server, oracle)
  try {
    const paths = { model: model.path, reference: reference.path }
    const result = await runEvaluate(python, paths, judge.url, await mkdtemp(join(folder, 'annotated-')))
    return { result, judged: judge.judged }
  } finally {
    await judge.stop()
  }
}
