import { spawn } from 'node:child_process'
import { repositoryFolder } from '../support/fixtures.js'

/** What a command may use. */
export interface CommandOptions {
  /** Written to its standard input, which is then closed. */
  readonly input?: string
  /** Time limit in milliseconds. Default: five minutes. */
  readonly limitMs?: number
  readonly env?: Readonly<Record<string, string>>
}

const defaultLimitMs = 300_000
const maxCharacters = 8_000_000
const shownCharacters = 2_000

/**
 * Runs a command in the repository's root until it ends.
 * @returns its standard output
 * @throws Error with the command and the end of its output if it fails or takes longer than the
 * limit; the signal's reason on abort
 */
export async function runCommandLine(
  command: readonly string[],
  signal: AbortSignal,
  { input = '', limitMs = defaultLimitMs, env = {} }: CommandOptions = {},
): Promise<string> {
  const [program = '', ...args] = command
  const child = spawn(program, args, {
    cwd: repositoryFolder,
    env: { ...process.env, ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
    timeout: limitMs,
    signal,
  })
  let output = ''
  let errors = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output = (output + text).slice(-maxCharacters)
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors = (errors + text).slice(-maxCharacters)
  })
  // A command that ends before it reads its input is reported by its exit code.
  child.stdin.on('error', () => undefined).end(input)
  const end = await new Promise<string | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, killed) => resolve(code === 0 ? null : killed ? `killed by ${killed}` : `code ${code}`))
  })
  if (end === null) return output
  throw new Error(`"${command.join(' ')}" ended with ${end}: ${(errors + output).trim().slice(-shownCharacters)}`)
}
