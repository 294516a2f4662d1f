import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'

/**
 * Returns the hash of a file in hexadecimal. Reads the file as a stream.
 * @param hash an empty hash; default: SHA-256
 */
export async function hashFile(path: string, signal: AbortSignal, hash = createHash('sha256')): Promise<string> {
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash, { signal })
  return hash.digest('hex')
}
