import { existsSync, readFileSync } from 'node:fs'

/**
 * Returns whether a process runs. A process of another user does. A zombie does not, which only
 * Linux shows.
 */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
  if (!existsSync('/proc/self/stat')) return true
  try {
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false // It has ended in the meantime.
  }
}
