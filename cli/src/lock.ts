import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { lock } from 'proper-lockfile'

/**
 * Time after which another process takes over an untouched lock. The holder touches it four times
 * as often.
 */
const staleMs = 10_000
const retryMs = 250

/** Options of `withLock`. */
export interface LockOptions {
  /** The folder for lock files; created if it is missing. */
  readonly folder: string
  /** The name of the lock: a file name without separators. */
  readonly name: string
  /** Called once if another process holds the lock. */
  readonly onWait: () => void
  readonly signal: AbortSignal
}

/**
 * Runs `work` while no other process runs work under the same name.
 * @param work gets a signal that is also aborted if the lock is lost, e.g. because the machine
 * slept and another process took it over
 * @throws Error as `work`; Error if the lock was lost; the signal's reason on abort
 */
export async function withLock<T>(options: LockOptions, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  await mkdir(options.folder, { recursive: true })
  const lost = new AbortController()
  const release = await acquire(options, (cause) => {
    lost.abort(new Error(`the lock of ${options.name} was lost to another process; run the command again`, { cause }))
  })
  try {
    return await work(AbortSignal.any([options.signal, lost.signal]))
  } finally {
    // A lost lock cannot be released.
    await release().catch(() => undefined)
  }
}

async function acquire(
  { folder, name, onWait, signal }: LockOptions,
  onCompromised: (cause: Error) => void,
): Promise<() => Promise<void>> {
  const path = join(folder, name)
  for (let attempt = 0; ; attempt++) {
    signal.throwIfAborted()
    try {
      return await lock(path, { realpath: false, stale: staleMs, update: staleMs / 4, onCompromised })
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ELOCKED') throw error
    }
    if (attempt === 0) onWait()
    await delay(retryMs, undefined, { signal })
  }
}
