import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { lock } from 'proper-lockfile'

/** A lock whose holder gave no sign of life for so long is taken over. The holder touches it four times as often. */
const staleMs = 10_000
const retryMs = 250

export interface LockOptions {
  /** Folder for lock files; made where it is missing. */
  readonly folder: string
  /** What is locked: a file name without separators. */
  readonly name: string
  /** Called once, when another process holds the lock. */
  readonly onWait: () => void
  readonly signal: AbortSignal
}

/**
 * Runs `work` while no other process runs work under the same name. The signal that `work` gets is aborted too
 * when the lock is lost, e.g. because the machine slept and another process took it over.
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
    // Whoever lost the lock has nothing to release.
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
