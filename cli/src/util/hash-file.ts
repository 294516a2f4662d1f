import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'

/**
 * The hash of a file in hexadecimal, read as a stream.
 * @param hash what it is fed to; left out, SHA-256
 */
export async function hashFile(path: string, signal: AbortSignal, hash = createHash('sha256')): Promise<string> {
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash, { signal })
  return hash.digest('hex')
}
