import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'

/** What a file of the hub must be. */
export interface HubDigest {
  /** SHA-256 of a file in large file storage; of one in git itself its blob's SHA-1. */
  readonly algorithm: 'sha256' | 'git-sha1'
  /** Hexadecimal. */
  readonly hex: string
}

/** A hash to be fed with the content of a file of so many bytes. */
export function createFileHash(algorithm: HubDigest['algorithm'], bytes: number) {
  return algorithm === 'sha256' ? createHash('sha256') : createHash('sha1').update(`blob ${bytes}\0`)
}

/** Whether a file has the content that it must have, read as a stream. */
export async function hasDigest(
  path: string,
  { algorithm, hex }: HubDigest,
  bytes: number,
  signal: AbortSignal,
): Promise<boolean> {
  const hash = createFileHash(algorithm, bytes)
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash, { signal })
  return hash.digest('hex') === hex
}
