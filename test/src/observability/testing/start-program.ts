import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'

const startLimitMs = 120_000

/**
 * Starts a program and waits until it is ready.
 * @param isReady whether it answers; a rejection means no
 * @param program its path; default: its name
 * @returns a function that stops it and waits for its end
 * @throws Error with the end of its stderr if it ends or is not ready in time
 */
export async function startProgram(
  name: string,
  args: readonly string[],
  isReady: () => Promise<boolean>,
  program: string = name,
): Promise<() => Promise<void>> {
  const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] })
  let errors = ''
  child.stderr.on('data', (chunk) => {
    errors = `${errors}${chunk}`.slice(-4000)
  })
  const exited = once(child, 'exit')
  const end = Date.now() + startLimitMs
  while (!(await isReady().catch(() => false))) {
    if (child.exitCode === null && Date.now() < end) await delay(50)
    else throw new Error(`${name} is not ready: ${errors}`)
  }
  return async () => {
    child.kill('SIGTERM')
    await exited
  }
}
