import { createReadStream } from 'node:fs'
import { type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { createFileHash } from '../../cache/hub-file.js'
import type { HubFile } from '../../cache/hub-file.js'
import type { Hub, HubPlace } from './hub.js'
import { HubUnreachable } from './hub-errors.js'

export interface Patience {
  /** Without a byte for so long a connection counts as broken. */
  readonly idleMs: number
  /** Before a broken connection is made again for the first time; then twice as long each time. */
  readonly pauseMs: number
}

const defaultPatience: Patience = { idleMs: 30_000, pauseMs: 500 }
/** Broken connections in a row, without a byte between them, that end the download. */
const maxTries = 5

export interface DownloadOptions {
  readonly hub: Hub
  readonly place: HubPlace
  readonly file: HubFile
  /** Where it grows. What an earlier try left there is gone on with. */
  readonly unfinished: string
  /** Where it appears: whole and checked, or not at all. */
  readonly target: string
  /** Told of bytes as they are there; negative where some are given up. */
  readonly onBytes: (bytes: number) => void
  readonly signal: AbortSignal
  readonly patience?: Patience | undefined
}

/**
 * Downloads one file, going on where it broke: within a call, and from one call to the next.
 * @throws Error naming the file whose content is not what the hub's list says; HubRefusal; HubUnreachable; the signal's reason
 */
export async function downloadFile(options: DownloadOptions): Promise<void> {
  const { unfinished, target, signal, patience: { pauseMs } = defaultPatience } = options
  await mkdir(dirname(unfinished), { recursive: true })
  await mkdir(dirname(target), { recursive: true })
  // Append: a file that grows is never cut by being opened.
  const handle = await open(unfinished, 'a')
  try {
    const growing = await resume(handle, options)
    for (let tries = 0; growing.bytes < options.file.bytes; ) {
      const before = growing.bytes
      try {
        await append(handle, growing, options)
      } catch (error) {
        signal.throwIfAborted()
        if (!(error instanceof HubUnreachable)) throw describeDiskError(error, target)
        tries = growing.bytes > before ? 1 : tries + 1
        if (tries >= maxTries) throw error
        await delay(pauseMs * 2 ** (tries - 1), undefined, { signal })
      }
    }
    await handle.sync()
    await assertContent(growing, options)
  } finally {
    await handle.close()
  }
  await rename(unfinished, target)
}

/** What is there, and the hash of it. */
interface Growing {
  bytes: number
  hash: ReturnType<typeof createFileHash>
}

async function resume(handle: FileHandle, { unfinished, file, onBytes, signal }: DownloadOptions): Promise<Growing> {
  const { size } = await handle.stat()
  // More than there may be is no beginning of it.
  if (size > file.bytes) await handle.truncate(0)
  const growing = { bytes: size > file.bytes ? 0 : size, hash: newHash(file) }
  if (growing.bytes > 0)
    await pipeline(
      createReadStream(unfinished, { highWaterMark: 1 << 20 }),
      async (chunks: AsyncIterable<Uint8Array>) => {
        for await (const chunk of chunks) growing.hash.update(chunk)
      },
      { signal },
    )
  onBytes(growing.bytes)
  return growing
}

async function append(
  handle: FileHandle,
  growing: Growing,
  { hub, place, file, onBytes, signal, patience: { idleMs } = defaultPatience }: DownloadOptions,
): Promise<void> {
  const idle = new AbortController()
  const stop = () => idle.abort(new Error(`no byte came for ${idleMs / 1000} seconds`))
  const timer = setTimeout(stop, idleMs)
  try {
    const partSignal = AbortSignal.any([signal, idle.signal])
    const { from, body } = await hub.read(place, { from: growing.bytes, to: null }, partSignal)
    if (from !== growing.bytes) await startAgain(handle, growing, file, onBytes)
    for await (const chunk of body) {
      timer.refresh()
      if (growing.bytes + chunk.byteLength > file.bytes)
        throw new Error(`${place.repo}: ${file.path} is longer than the ${file.bytes} bytes that the hub lists`)
      await handle.appendFile(chunk)
      growing.hash.update(chunk)
      growing.bytes += chunk.byteLength
      onBytes(chunk.byteLength)
    }
  } finally {
    clearTimeout(timer)
  }
  if (growing.bytes < file.bytes) throw new HubUnreachable(`${file.path} broke off after ${growing.bytes} bytes`)
}

/** A server that knows no ranges sends the file from its start. */
async function startAgain(
  handle: FileHandle,
  growing: Growing,
  file: HubFile,
  onBytes: (bytes: number) => void,
): Promise<void> {
  await handle.truncate(0)
  onBytes(-growing.bytes)
  growing.bytes = 0
  growing.hash = newHash(file)
}

async function assertContent({ hash }: Growing, { place, file, unfinished }: DownloadOptions): Promise<void> {
  const found = hash.digest('hex')
  if (found === file.digest.hex) return
  await rm(unfinished, { force: true })
  throw new Error(
    `${place.repo}: ${file.path} has the ${nameOf(file.digest.algorithm)} ${found}, and the hub lists ${file.digest.hex}. What came is deleted: run this again. ` +
      'If it stays so, something between here and the hub (a proxy, a mirror) changes files',
  )
}

const newHash = ({ digest, bytes }: HubFile) => createFileHash(digest.algorithm, bytes)
const nameOf = (algorithm: HubFile['digest']['algorithm']) =>
  algorithm === 'sha256' ? 'SHA-256' : "SHA-1 (git's, of a blob)"

function describeDiskError(error: unknown, target: string): unknown {
  const code = (error as NodeJS.ErrnoException).code
  if (code !== 'ENOSPC' && code !== 'EDQUOT') return error
  return new Error(`no space is left for ${target}: make room and run this again, which goes on where it ended`, {
    cause: error,
  })
}
