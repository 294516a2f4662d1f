import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { parseCoreList } from '@tandem/process'
import { Unavailable } from './unavailable.js'

const run = promisify(execFile)

/**
 * Returns the ids of the cores that this process may use, or an empty list if `taskset` is missing,
 * which binds processes to cores. (util-linux: "pid 7's current affinity list: 0,2-3".)
 */
export async function findCores(): Promise<number[]> {
  try {
    const { stdout } = await run('taskset', ['-c', '-p', String(process.pid)])
    return parseCoreList(stdout.slice(stdout.lastIndexOf(':') + 1))
  } catch {
    return []
  }
}

/** Returns the launcher command that binds a process to a core. */
export const pinnedTo = (core: number): readonly string[] => ['taskset', '-c', String(core)]

/** Binds all threads of this process to some cores. Its later child processes inherit them. */
export const pinSelf = (cores: readonly number[]): Promise<void> => pinProcess(process.pid, cores)

/** Binds all threads of a process to some cores. */
export async function pinProcess(pid: number, cores: readonly number[]): Promise<void> {
  await run('taskset', ['-a', '-c', '-p', cores.join(','), String(pid)])
}

/**
 * Returns the first two cores.
 * @throws Unavailable if there are fewer than two or `taskset` is missing
 */
export function twoCores(cores: readonly number[]): readonly [number, number] {
  const [first, second] = cores
  if (first === undefined) throw new Unavailable('taskset (util-linux) is missing, which binds processes to cores')
  if (second === undefined) throw new Unavailable('this program may use one core: expected two')
  return [first, second]
}
