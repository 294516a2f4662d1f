import { spawn } from 'node:child_process'

/** The result of a program. */
export interface ProgramEnd {
  /** The exit code, or null if the program is missing or was ended by a signal. */
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** The options of a program. */
export interface ProgramOptions {
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
  readonly limitMs?: number
}

const maxCharacters = 1_000_000

/** Runs a program until it ends or until the time limit. */
export function runProgram(
  command: string,
  args: readonly string[],
  { cwd = process.cwd(), env = {}, limitMs = 360_000 }: ProgramOptions = {},
): Promise<ProgramEnd> {
  const child = spawn(command, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    // Not `timeout`: its timer would keep this process alive if the program is missing.
    signal: AbortSignal.timeout(limitMs),
  })
  const texts = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const)
    child[name].setEncoding('utf8').on('data', (text: string) => {
      texts[name] = (texts[name] + text).slice(-maxCharacters)
    })
  return new Promise((resolve, reject) => {
    child.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') resolve({ code: null, ...texts })
      // A program that the time limit ends is closed too.
      else if (error.name !== 'AbortError') reject(error)
    })
    child.once('close', (code) => resolve({ code, ...texts }))
  })
}
