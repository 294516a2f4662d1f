import { createRequire } from 'node:module'
import { type Context, findHome } from '@tandem/cli'

const { resolve } = createRequire(import.meta.url)

/** What the parts of the command line are given: this program's signal, and an environment without settings of the user's own. */
export function createContext(signal: AbortSignal, isVerbose: boolean): Context {
  return {
    home: findHome(),
    environment: plainEnvironment(process.env, isVerbose),
    output: process.stderr,
    answers: process.stdout,
    findModule: (name) => resolve(name),
    isVerbose,
    signal,
  }
}

/** A setting that somebody once exported would be measured unseen; where models are kept is none. */
export function plainEnvironment(environment: NodeJS.ProcessEnv, isVerbose: boolean): NodeJS.ProcessEnv {
  const kept = Object.entries(environment).filter(([name]) => !name.startsWith('TANDEM_') || name === 'TANDEM_HOME')
  return { ...Object.fromEntries(kept), TANDEM_LOG_LEVEL: isVerbose ? 'info' : 'warn' }
}
