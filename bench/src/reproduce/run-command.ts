import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { open, readFile } from 'node:fs/promises'

/** Time limit of one command, for a busy machine. */
const commandLimitMs = 3_600_000
const shownLines = 15

/** A command of the system. */
export interface Launch {
  readonly words: readonly string[]
  readonly cwd: string
  readonly env: NodeJS.ProcessEnv
  /** The file that its output is appended to. */
  readonly log: string
}

/**
 * Runs a command until it ends. If the signal aborts, it is asked to end.
 * @throws Error with the end of its output if its exit code is not 0
 */
export async function runCommand({ words, cwd, env, log }: Launch, signal: AbortSignal): Promise<void> {
  const [program = '', ...args] = words
  await using file = await open(log, 'a')
  const child = spawn(program, args, { cwd, env, stdio: ['ignore', file.fd, file.fd] })
  const stop = () => child.kill('SIGTERM')
  const limit = AbortSignal.any([signal, AbortSignal.timeout(commandLimitMs)])
  limit.addEventListener('abort', stop, { once: true })
  try {
    const [code] = await once(child, 'exit')
    limit.throwIfAborted()
    if (code !== 0) throw new Error(await describeFailure(words, code, log))
  } finally {
    limit.removeEventListener('abort', stop)
  }
}

async function describeFailure(words: readonly string[], code: unknown, log: string): Promise<string> {
  const lines = (await readFile(log, 'utf8')).split(/[\r\n]+/).filter((line) => line !== '')
  return (
    `a step ended with exit code ${code}, expected 0. The command was: ${words.join(' ')}\n` +
    `${lines.slice(-shownLines).join('\n')}\nAll of its output is in ${log}. Run the same command again to continue`
  )
}
