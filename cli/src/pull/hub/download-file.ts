import { createReadStream } from 'node:fs'
import { type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { setTimeout as delay } from 'node:timers/promises'
import type { HubFile } from '../../cache/hub-file.js'
import { createFileHash } from '../../cache/hub-file.js'
import type { Hub, HubPlace } from './hub.js'
import { HubUnreachable } from './hub-errors.js'

/** Time limits of a download. */
export interface RetryPolicy {
  /** Time without a byte after which a connection counts as broken, in milliseconds. */
  readonly idleMs: number
  /** Pause before the first retry, in milliseconds. It doubles with each retry. */
  readonly pauseMs: number
}

const defaultRetryPolicy: RetryPolicy = { idleMs: 30_000, pauseMs: 500 }
/** Broken connections in a row, without a byte between them, after which the download fails. */
const maxTries = 5

/** Options of `downloadFile`. */
export interface DownloadOptions {
  readonly hub: Hub
  readonly place: HubPlace
  readonly file: HubFile
  /** The partial file. The download continues what an earlier one left there. */
  readonly unfinished: string
  /** The file to create. It appears complete and checked, or not at all. */
  readonly target: string
  /** Called with the number of new bytes; negative if bytes are discarded. */
  readonly onBytes: (bytes: number) => void
  readonly signal: AbortSignal
  readonly retryPolicy?: RetryPolicy | undefined
}

/**
 * Downloads one file. It continues after a broken connection, and what an earlier call left.
 * @throws Error if the content differs from the hub's list; HubRefusal; HubUnreachable; the
 * signal's reason on abort
 */
export async function downloadFile(options: DownloadOptions): Promise<void> {
  const { unfinished, target, signal, retryPolicy: { pauseMs } = defaultRetryPolicy } = options
  await mkdir(dirname(unfinished), { recursive: true })
  await mkdir(dirname(target), { recursive: true })
  // Append mode: opening does not truncate the partial file.
  const handle = await open(unfinished, 'a')
  try {
    const partial = await resume(handle, options)
    for (let tries = 0; partial.bytes < options.file.bytes; ) {
      const before = partial.bytes
      try {
        await append(handle, partial, options)
      } catch (error) {
        signal.throwIfAborted()
        if (!(error instanceof HubUnreachable)) throw describeDiskError(error, target)
        tries = partial.bytes > before ? 1 : tries + 1
        if (tries >= maxTries) throw error
        await delay(pauseMs * 2 ** (tries - 1), undefined, { signal })
      }
    }
    await handle.sync()
    await assertContent(partial, options)
  } finally {
    await handle.close()
  }
  await rename(unfinished, target)
}

/** The size and the hash of the partial file. */
interface Partial {
  bytes: number
  hash: ReturnType<typeof createFileHash>
}

async function resume(handle: FileHandle, { unfinished, file, onBytes, signal }: DownloadOptions): Promise<Partial> {
  const { size } = await handle.stat()
  // A longer file cannot be the beginning of this one.
  if (size > file.bytes) await handle.truncate(0)
  const partial = { bytes: size > file.bytes ? 0 : size, hash: newHash(file) }
  if (partial.bytes > 0)
    await pipeline(
      createReadStream(unfinished, { highWaterMark: 1 << 20 }),
      async (chunks: AsyncIterable<Uint8Array>) => {
        for await (const chunk of chunks) partial.hash.update(chunk)
      },
      { signal },
    )
  onBytes(partial.bytes)
  return partial
}

async function append(
  handle: FileHandle,
  partial: Partial,
  { hub, place, file, onBytes, signal, retryPolicy: { idleMs } = defaultRetryPolicy }: DownloadOptions,
): Promise<void> {
  const idle = new AbortController()
  const stop = () => idle.abort(new Error(`no byte arrived for ${idleMs / 1000} seconds`))
  const timer = setTimeout(stop, idleMs)
  try {
    const partSignal = AbortSignal.any([signal, idle.signal])
    const { from, body } = await hub.read(place, { from: partial.bytes, to: null }, partSignal)
    if (from !== partial.bytes) await restart(handle, partial, file, onBytes)
    for await (const chunk of body) {
      timer.refresh()
      if (partial.bytes + chunk.byteLength > file.bytes)
        throw new Error(`${place.repo}: ${file.path} is longer than the ${file.bytes} bytes that the hub lists`)
      await handle.appendFile(chunk)
      partial.hash.update(chunk)
      partial.bytes += chunk.byteLength
      onBytes(chunk.byteLength)
    }
  } finally {
    clearTimeout(timer)
  }
  if (partial.bytes < file.bytes)
    throw new HubUnreachable(`the connection for ${file.path} broke after ${partial.bytes} bytes`)
}

/** Discards all bytes: a server without range support sends the file from its start. */
async function restart(
  handle: FileHandle,
  partial: Partial,
  file: HubFile,
  onBytes: (bytes: number) => void,
): Promise<void> {
  await handle.truncate(0)
  onBytes(-partial.bytes)
  partial.bytes = 0
  partial.hash = newHash(file)
}

async function assertContent({ hash }: Partial, { place, file, unfinished }: DownloadOptions): Promise<void> {
  const found = hash.digest('hex')
  if (found === file.digest.hex) return
  await rm(unfinished, { force: true })
  throw new Error(
    `${place.repo}: ${file.path} has the ${nameOf(file.digest.algorithm)} ${found}, ` +
      `and the hub lists ${file.digest.hex}. The file was deleted: run this again. ` +
      'If the error stays, a proxy or a mirror between here and the hub changes files',
  )
}

const newHash = ({ digest, bytes }: HubFile) => createFileHash(digest.algorithm, bytes)
const nameOf = (algorithm: HubFile['digest']['algorithm']) =>
  algorithm === 'sha256' ? 'SHA-256' : "SHA-1 (git's, of a blob)"

function describeDiskError(error: unknown, target: string): unknown {
  const code = (error as NodeJS.ErrnoException).code
  if (code !== 'ENOSPC' && code !== 'EDQUOT') return error
  return new Error(
    `no space is left for ${target}: free some space and run this again. The download continues where it stopped`,
    {
      cause: error,
    },
  )
}
