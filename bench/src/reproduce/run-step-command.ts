import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { open, readFile } from 'node:fs/promises'
import { withTimeout } from '@tandem/process'

/** A command of the system. */
export interface Launch {
  readonly words: readonly string[]
  readonly cwd: string
  readonly env: NodeJS.ProcessEnv
  /** The file that its output is appended to. */
  readonly log: string
}

/** Time limits in milliseconds. */
export interface CommandLimits {
  /** Time after which the command is asked to end. */
  readonly commandMs: number
  /** Time from then until it is killed. `tandem` needs seconds to stop its services. */
  readonly graceMs: number
}

/** For a busy machine. */
const defaultLimits: CommandLimits = { commandMs: 3_600_000, graceMs: 60_000 }
const shownLines = 15

/**
 * Runs the command of a step until it ends. If the signal aborts, it is asked to end, and killed if
 * it does not.
 * @throws Error with the end of its output if its exit code is not 0 or its time is over; the
 *   signal's reason on abort
 */
export async function runStepCommand(
  launch: Launch,
  signal: AbortSignal,
  { commandMs, graceMs }: CommandLimits = defaultLimits,
): Promise<void> {
  const { words, cwd, env, log } = launch
  const [program = '', ...args] = words
  await using file = await open(log, 'a')
  // No listener hears an abort from before it was added.
  signal.throwIfAborted()
  const limit = withTimeout(commandMs, signal)
  const code = await untilExit(spawn(program, args, { cwd, env, stdio: ['ignore', file.fd, file.fd] }), limit, graceMs)
  signal.throwIfAborted()
  if (limit.aborted) throw new Error(await describeFailure(launch, `took longer than ${commandMs / 60_000} minutes`))
  if (code !== 0) throw new Error(await describeFailure(launch, `ended with exit code ${code}, expected 0`))
}

/**
 * Waits for the end of a process. If the signal aborts, the process gets SIGTERM, and SIGKILL after
 * the grace time.
 */
async function untilExit(child: ChildProcess, signal: AbortSignal, graceMs: number): Promise<unknown> {
  let kill: NodeJS.Timeout | undefined
  const stop = () => {
    child.kill('SIGTERM')
    kill = setTimeout(() => child.kill('SIGKILL'), graceMs)
  }
  signal.addEventListener('abort', stop, { once: true })
  try {
    const [code] = await once(child, 'exit')
    return code
  } finally {
    signal.removeEventListener('abort', stop)
    clearTimeout(kill)
  }
}

async function describeFailure({ words, log }: Launch, how: string): Promise<string> {
  const lines = (await readFile(log, 'utf8')).split(/[\r\n]+/).filter((line) => line !== '')
  return (
    `a step ${how}. The command was: ${words.join(' ')}\n` +
    `${lines.slice(-shownLines).join('\n')}\nAll of its output is in ${log}. Run the same command again to continue`
  )
}
