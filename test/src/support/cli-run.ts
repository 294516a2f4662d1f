import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { repositoryFolder } from './fixtures.js'

/** A command of `tandem` that runs in a process of its own. */
export interface CliRun {
  readonly child: ChildProcess
  /** What it has written to stderr so far. */
  readonly output: string
  readonly hasEnded: boolean
  /** Resolves to the exit code and the signal, one of which is null. */
  readonly end: Promise<[number | null, NodeJS.Signals | null]>
}

/**
 * Starts a command of `tandem`, as `npm run build` made it.
 * @param home the folder of TANDEM_HOME
 */
export function startCli(args: readonly string[], home: string): CliRun {
  const child = spawn(process.execPath, [join(repositoryFolder, 'cli/bin/tandem.js'), ...args], {
    env: { ...process.env, TANDEM_HOME: home },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let output = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    output += text
  })
  return {
    child,
    end: once(child, 'exit') as CliRun['end'],
    get output() {
      return output
    },
    get hasEnded() {
      return child.exitCode !== null || child.signalCode !== null
    },
  }
}

/**
 * Waits until a command has ended.
 * @returns what it wrote to stderr
 * @throws Error with its stderr if its exit code is not 0
 */
export async function finishCli(run: CliRun): Promise<string> {
  const [code, signal] = await run.end
  if (code !== 0) throw new Error(`the command ended with ${code ?? signal}, expected 0: ${run.output}`)
  return run.output
}
