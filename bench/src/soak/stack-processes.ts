import type { TandemUp } from '@tandem/test'
import { readVariable } from './read-process.js'

/** A process of the stack. */
export interface StackProcess {
  /** The name that it keeps after a restart: "gateway", "sft", "reward". */
  readonly name: string
  readonly pid: number
}

/** Returns the processes that `tandem up` runs now. */
export async function findProcesses(up: TandemUp): Promise<readonly StackProcess[]> {
  const named = up.children().map(async ({ pid, command }) => ({ name: await nameOf(pid, command), pid }))
  return (await Promise.all(named)).filter(({ name }) => name !== '')
}

async function nameOf(pid: number, command: string): Promise<string> {
  if (command.includes('gateway/')) return 'gateway'
  if (command.includes('reward/main.js')) return 'reward'
  return command.includes('logit/main.js') ? readVariable(pid, 'TANDEM_ROLE') : ''
}
