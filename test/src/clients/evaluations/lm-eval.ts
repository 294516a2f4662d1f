import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fixturesFolder, tinyFolder } from '../../support/fixtures.js'
import { runProgram } from '../../support/run-program.js'
import { checkCases, type EvaluationCase } from './check-cases.js'
import type { Check } from './report.js'
import type { Server } from './server.js'

/** The context of the tiny pair. */
const maxLength = 256
const limitMs = 600_000

/**
 * Runs lm-eval over three small tasks, with its tokenizer on the server and here, with ids and with
 * text, and compares what it finds with own requests.
 * @param python the program of an environment with lm-eval
 */
export async function runLmEval(python: string, server: Server): Promise<Check[]> {
  const folder = await mkdtemp(join(tmpdir(), 'tandem-lm-eval-'))
  try {
    await writeTasks(folder)
    const script = join(fixturesFolder, 'evaluations/evaluate.py')
    const { url, key, model } = server
    const args = [script, url, key, model, tinyFolder('llama-tied'), folder, String(maxLength)]
    const { code, stdout, stderr } = await runProgram(python, args, { env: offlineOf(folder, key), limitMs })
    if (code !== 0) return [{ name: 'lm-eval', problem: `it ended with ${code}: ${stderr.slice(-2000)}` }]
    return await checkCases(server, parseCases(stdout))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** lm-eval resolves the paths of data files against the folder that it runs in. */
async function writeTasks(folder: string): Promise<void> {
  const source = join(fixturesFolder, 'evaluations/tasks')
  for (const name of await readdir(source)) {
    if (!name.endsWith('.yaml')) await cp(join(source, name), join(folder, name))
    else await writeFile(join(folder, name), (await readFile(join(source, name), 'utf8')).replaceAll('TASKS', folder))
  }
}

/** No hub is asked, and the caches are removed with the folder. */
const offlineOf = (folder: string, key: string) => ({
  OPENAI_API_KEY: key,
  HF_HUB_OFFLINE: '1',
  HF_DATASETS_OFFLINE: '1',
  HF_HOME: join(folder, 'hub'),
})

const parseCases = (output: string): EvaluationCase[] =>
  output
    .split('\n')
    .filter((line) => line.startsWith('{"case"'))
    .map((line) => JSON.parse(line) as EvaluationCase)
