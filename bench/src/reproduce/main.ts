/**
 * Runs the path of the paper in small, with tiny models that it trains. `npm run reproduce --
 * --help` says what it needs.
 */
import { delimiter, dirname, join } from 'node:path'
import { runCommand } from '@tandem/cli'
import { findTrainingPython, repositoryFolder, tinyFolder } from '@tandem/test'
import { parseReproduceArguments, usage } from './arguments.js'
import { planSteps } from './plan.js'
import { runSteps } from './run-steps.js'
import { requireSamePlan } from './same-plan.js'
import { summarize } from './summary.js'

const seed = 1
/** The untrained model to start from. */
const start = 'llama-tied'

await runCommand(async ({ signal, output, answers }) => {
  const { out, asksHelp } = parseReproduceArguments(process.argv.slice(2))
  if (asksHelp) {
    answers.write(`${usage}\n`)
    return
  }
  const found = await findTrainingPython()
  if ('missing' in found) throw new Error(`the models cannot be trained: ${found.missing}`)
  // The recorded plan has no path of this checkout, which may move.
  await requireSamePlan(out, planSteps(start, seed))
  const steps = planSteps(tinyFolder(start), seed)
  const programs = { tandem: ['tandem'], 'tandem-train': [found.python, '-m', 'tandem_training'] }
  await runSteps(steps, { out, programs, env: environment(out), signal, write: (text) => output.write(text) })
  answers.write(`${await summarize(out)}\n`)
}, false)

/**
 * The environment of all steps. It has no settings of Tandem from this shell, and the cache is in
 * the folder of the run.
 */
function environment(out: string): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith('TANDEM_'))
  const python = joinPaths(join(repositoryFolder, 'training'), process.env.PYTHONPATH)
  // `iterate` calls `tandem` too. It refuses other words later, so they have no path.
  const path = joinPaths(join(repositoryFolder, 'node_modules/.bin'), dirname(process.execPath), process.env.PATH)
  // With more threads, tiny models are slower: the threads wait for each other.
  const one = { OMP_NUM_THREADS: '1', TOKENIZERS_PARALLELISM: 'false' }
  return { ...Object.fromEntries(own), ...one, PATH: path, PYTHONPATH: python, TANDEM_HOME: join(out, 'cache') }
}

function joinPaths(...paths: readonly (string | undefined)[]): string {
  return paths.filter((path) => path).join(delimiter)
}
