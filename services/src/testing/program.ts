import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'

/** Test helpers: a built service in a process of its own. */

export interface TestProcess {
  readonly process: ChildProcess
  readonly stderr: () => string
  readonly exit: Promise<number | NodeJS.Signals | null>
}

/** Starts a built program with only these variables. Needs `npm run build`. */
export function spawnProgram(path: string, environment: Record<string, string>): TestProcess {
  const child = fork(path, { env: environment, execArgv: [], silent: true })
  let text = ''
  child.stderr?.on('data', (data) => {
    text += String(data)
  })
  // Not 'close' of the process: it waits for stdout, which is not read.
  const texts = child.stderr === null ? Promise.resolve() : once(child.stderr, 'close')
  const exit = Promise.all([once(child, 'exit'), texts]).then(([[code, signal]]) => code ?? signal)
  return { process: child, stderr: () => text, exit }
}

/**
 * Starts a program and waits until it serves.
 * @throws Error with its stderr if it ends before that
 */
export async function startProgram(
  path: string,
  environment: Record<string, string>,
): Promise<TestProcess & { address: string; kill: () => Promise<void> }> {
  const spawned = spawnProgram(path, { TANDEM_LOG_LEVEL: 'warn', ...environment })
  const address = await new Promise<string>((resolve, reject) => {
    spawned.process.on('message', (message: { type: string; address: string }) => resolve(message.address))
    spawned.exit.then((code) => reject(new Error(`the service ended (${code}): ${spawned.stderr()}`)), reject)
  })
  const kill = async () => {
    spawned.process.kill('SIGKILL')
    await spawned.exit
  }
  return { ...spawned, address, kill }
}
