import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import { repositoryFolder } from './fixtures.js'
import { descendants, freePort, type ProcessInfo } from './processes.js'

/** A running `tandem up`, started like from a shell. */
export interface TandemUp {
  readonly url: string
  readonly process: ChildProcess
  /** The name of the pair, which is the first of /v1/models. */
  readonly model: string
  /** Returns the output so far, including that of its children. */
  output(): string
  /** Returns its services and its gateway. */
  children(): ProcessInfo[]
}

/** What starts `tandem`, and in which folder. */
export interface Launch {
  readonly command: readonly [string, ...string[]]
  readonly cwd?: string
}

const startLimitMs = 360_000
const fromRepository: Launch = { command: [process.execPath, join(repositoryFolder, 'cli/bin/tandem.js')] }

/**
 * Starts `tandem up`.
 * @param onLine called with each line of its stderr
 * @throws Error with its output if it does not get ready
 */
export async function startTandemUp(
  args: readonly string[],
  env: Record<string, string>,
  onLine: (line: string) => void = () => undefined,
  { command: [program, ...first], cwd }: Launch = fromRepository,
): Promise<TandemUp> {
  const port = await freePort()
  const child = spawn(program, [...first, 'up', '--port', `${port}`, ...args], {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let printed = ''
  const keep = (chunk: Buffer) => {
    printed = (printed + chunk.toString()).slice(-20_000)
  }
  child.stdout.on('data', keep)
  child.stderr.on('data', keep)
  createInterface({ input: child.stderr }).on('line', onLine)
  const url = `http://127.0.0.1:${port}`
  const model = await firstModel(url, child, () => printed)
  return { url, process: child, model, output: () => printed, children: () => descendants(child.pid ?? -1) }
}

async function firstModel(url: string, child: ChildProcess, printed: () => string): Promise<string> {
  const end = Date.now() + startLimitMs
  while (Date.now() < end && child.exitCode === null && child.signalCode === null) {
    const ready = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(30_000) }).catch(() => undefined)
    if (ready?.ok) {
      const models = (await (await fetch(`${url}/v1/models`)).json()) as { data: { id: string }[] }
      const first = models.data[0]?.id
      if (first !== undefined) return first
    }
    await delay(100)
  }
  child.kill('SIGKILL')
  throw new Error(`tandem up was not ready (exit code ${child.exitCode}). It printed:\n${printed()}`)
}
