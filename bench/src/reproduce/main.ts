/**
 * Runs the path of the paper in small, with tiny models that it trains. `npm run reproduce --
 * --help` says what it needs.
 */
import { delimiter, join } from 'node:path'
import { runCommand } from '@tandem/cli'
import { findTrainingPython, repositoryFolder, tinyFolder } from '@tandem/test'
import { parseReproduceArguments, usage } from './arguments.js'
import { planSteps } from './plan.js'
import { runSteps } from './run-steps.js'
import { requireSamePlan } from './same-plan.js'
import { summarize } from './summary.js'

const seed = 1
const tandem = [process.execPath, join(repositoryFolder, 'cli/bin/tandem.js')]

await runCommand(async ({ signal, output, answers }) => {
  const { out, asksHelp } = parseReproduceArguments(process.argv.slice(2))
  if (asksHelp) {
    answers.write(`${usage}\n`)
    return
  }
  const found = await findTrainingPython()
  if ('missing' in found) throw new Error(`the models cannot be trained: ${found.missing}`)
  const steps = planSteps(tinyFolder('llama-tied'), tandem, seed)
  await requireSamePlan(out, steps)
  const programs = { tandem, 'tandem-train': [found.python, '-m', 'tandem_training'] }
  await runSteps(steps, { out, programs, env: environment(out), signal, write: (text) => output.write(text) })
  answers.write(`${await summarize(out)}\n`)
}, false)

/**
 * The environment of all steps. It has no settings of Tandem from this shell, and the cache is in
 * the folder of the run.
 */
function environment(out: string): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith('TANDEM_'))
  const path = [join(repositoryFolder, 'training'), process.env.PYTHONPATH].filter((part) => part).join(delimiter)
  // With more threads, tiny models are slower: the threads wait for each other.
  const one = { OMP_NUM_THREADS: '1', TOKENIZERS_PARALLELISM: 'false' }
  return { ...Object.fromEntries(own), ...one, PYTHONPATH: path, TANDEM_HOME: join(out, 'cache') }
}
