import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { basename } from 'node:path'

/** Size and hash of a file. */
export interface FileRecord {
  readonly bytes: number
  readonly sha256: string
}

/** Returns the SHA-256 of data in hexadecimal. */
export const sha256 = (data: string | Uint8Array): string => createHash('sha256').update(data).digest('hex')

/** Reads a file as a stream and returns its size and SHA-256. */
export async function hashFile(
  path: string,
  onBytes: (bytes: number) => void = () => undefined,
  signal: AbortSignal | undefined = undefined,
): Promise<FileRecord> {
  const hash = createHash('sha256')
  let bytes = 0
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20, signal }) as AsyncIterable<Uint8Array>) {
    hash.update(chunk)
    bytes += chunk.byteLength
    onBytes(chunk.byteLength)
  }
  return { bytes, sha256: hash.digest('hex') }
}

/** Returns records of files by base name, sorted by name. */
export async function hashFiles(
  paths: readonly string[],
  onBytes: (bytes: number) => void,
  signal: AbortSignal | undefined,
): Promise<Record<string, FileRecord>> {
  const records: Record<string, FileRecord> = {}
  const byName = paths.map((path) => [basename(path), path] as const).sort(([a], [b]) => (a < b ? -1 : 1))
  for (const [name, path] of byName) records[name] = await hashFile(path, onBytes, signal)
  return records
}

/** Returns one hash over the names and hashes of many files, sorted by name. */
export function combinedHash(records: Readonly<Record<string, FileRecord>>): string {
  const lines = Object.entries(records).map(([name, record]) => `${record.sha256}  ${name}\n`)
  return sha256(lines.sort().join(''))
}
