import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { Unavailable } from '../unavailable.js'

const run = promisify(execFile)

/**
 * Reads the resident memory of a process, in bytes.
 * @throws Unavailable if `ps` is missing
 */
export async function residentBytes(pid: number): Promise<number> {
  const { stdout } = await run('ps', ['-o', 'rss=', '-p', String(pid)]).catch((cause: unknown): never => {
    throw new Unavailable('ps is missing, which reads the memory of a process', { cause })
  })
  return Number(stdout.trim()) * 1024
}
