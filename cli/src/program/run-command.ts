import { createRequire } from 'node:module'
import type { Context, ProcessModule } from '../context.js'
import { findHome } from '../home.js'

/** The exit code that shells use for a program ended by Ctrl-C. */
const interruptedCode = 130
/**
 * npm forwards a signal that the terminal has already sent: within this time it is the same signal.
 */
const echoMs = 500

/**
 * Runs a command as this process. Signals abort it, an error is printed in one line (with --verbose
 * or TANDEM_DEBUG with its stack), and the exit code is set.
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
  // The reader of the answer, e.g. head, has closed the pipe.
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
    throw new Error(`${name} is not built: run "npm run build" in Tandem's folder`, { cause })
  }
}

/** The first signal aborts the command, a later one ends this process at once. */
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

/** Formats an error for the terminal. */
export function describeError(error: unknown, isVerbose: boolean): string {
  if (!(error instanceof Error)) return `tandem: ${String(error)}\n`
  if (!isVerbose && !process.env.TANDEM_DEBUG) return `tandem: ${error.message}\n`
  const cause = error.cause === undefined ? '' : `caused by: ${describeError(error.cause, true)}`
  return `tandem: ${error.stack ?? error.message}\n${cause}`
}
