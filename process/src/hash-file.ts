import { createHash, type Hash } from 'node:crypto'
import { createReadStream } from 'node:fs'

/** How a file is hashed. */
export interface HashOptions {
  /** An empty hash. Default: SHA-256. */
  readonly hash?: Hash
  /** Called with the size of each part that was read. */
  readonly onBytes?: (bytes: number) => void
}

/** Returns the hash of a file in hexadecimal. Reads the file as a stream. */
export async function hashFile(path: string, signal?: AbortSignal, options: HashOptions = {}): Promise<string> {
  const { hash = createHash('sha256'), onBytes } = options
  const parts: AsyncIterable<Uint8Array> = createReadStream(path, { highWaterMark: 1 << 20, signal })
  for await (const part of parts) {
    hash.update(part)
    onBytes?.(part.byteLength)
  }
  return hash.digest('hex')
}
