import { createRequire } from 'node:module'
import type { Context, ProcessModule } from '../context.js'
import { findHome } from '../home.js'

/** What a shell reports for a program that Ctrl-C ended. */
const interruptedCode = 130
const echoMs = 500

/**
 * Runs a command as this process: signals abort it, an error is told in one line (more with --verbose or TANDEM_DEBUG),
 * and the exit code says how it went.
 */
export async function runCommand(work: (context: Context) => Promise<void>, isVerbose: boolean): Promise<void> {
  const controller = new AbortController()
  listenForSignals(controller)
  const context: Context = {
    home: findHome(),
    environment: process.env,
    output: process.stderr,
    answers: process.stdout,
    findModule,
    isVerbose,
    signal: controller.signal,
  }
  // Whoever read the answer, e.g. head, has seen enough.
  process.stdout.on('error', (error) => controller.abort(error))
  try {
    await work(context)
  } catch (error) {
    process.exitCode = controller.signal.aborted ? interruptedCode : 1
    if (!controller.signal.aborted || isVerbose) process.stderr.write(describeError(error, isVerbose))
  }
}

const { resolve } = createRequire(import.meta.url)

function findModule(name: ProcessModule): string {
  try {
    return resolve(name)
  } catch (cause) {
    throw new Error(`${name} is not built; run "npm run build" in Tandem's folder`, { cause })
  }
}

/** The first signal asks everything to end; a later one does not wait. npm sends on what the terminal has sent already: an echo is not a later one. */
function listenForSignals(controller: AbortController): void {
  let firstAt = 0
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => {
      const isEcho = performance.now() - firstAt < echoMs
      if (controller.signal.aborted && !isEcho) process.exit(interruptedCode)
      if (!controller.signal.aborted) firstAt = performance.now()
      controller.abort(new Error(`interrupted by ${signal}`))
    })
}

/** What a person is told of an error. */
export function describeError(error: unknown, isVerbose: boolean): string {
  if (!(error instanceof Error)) return `tandem: ${String(error)}\n`
  if (!isVerbose && !process.env.TANDEM_DEBUG) return `tandem: ${error.message}\n`
  const cause = error.cause === undefined ? '' : `caused by: ${describeError(error.cause, true)}`
  return `tandem: ${error.stack ?? error.message}\n${cause}`
}
