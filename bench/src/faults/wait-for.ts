import { setTimeout as delay } from 'node:timers/promises'

const pollMs = 5

/**
 * Waits until something is so.
 * @returns whether it was so within the limit
 */
export async function waitFor(isDone: () => boolean | Promise<boolean>, limitMs: number): Promise<boolean> {
  const endMs = performance.now() + limitMs
  while (!(await isDone())) {
    if (performance.now() > endMs) return false
    await delay(pollMs)
  }
  return true
}

/** Waits until something is so. @throws Error if it is not within a minute */
export async function mustBecome(isDone: () => boolean | Promise<boolean>, what: string): Promise<void> {
  if (!(await waitFor(isDone, 60_000))) throw new Error(`waited a minute for ${what}`)
}
