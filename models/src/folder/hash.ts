import { createHash } from 'node:crypto'
import { basename } from 'node:path'
import { hashFile } from '@tandem/process'

/** Size and hash of a file. */
export interface FileRecord {
  readonly bytes: number
  readonly sha256: string
}

/** Returns the SHA-256 of data in hexadecimal. */
export const sha256 = (data: string | Uint8Array): string => createHash('sha256').update(data).digest('hex')

async function recordFile(
  path: string,
  onBytes: (bytes: number) => void,
  signal: AbortSignal | undefined,
): Promise<FileRecord> {
  let bytes = 0
  const count = (read: number) => {
    bytes += read
    onBytes(read)
  }
  return { sha256: await hashFile(path, signal, { onBytes: count }), bytes }
}

/** Returns records of files by base name, sorted by name. */
export async function hashFiles(
  paths: readonly string[],
  onBytes: (bytes: number) => void,
  signal: AbortSignal | undefined,
): Promise<Record<string, FileRecord>> {
  const records: Record<string, FileRecord> = {}
  const byName = paths.map((path) => [basename(path), path] as const).sort(([a], [b]) => (a < b ? -1 : 1))
  for (const [name, path] of byName) records[name] = await recordFile(path, onBytes, signal)
  return records
}

/** Returns one hash over the names and hashes of many files, sorted by name. */
export function combinedHash(records: Readonly<Record<string, FileRecord>>): string {
  const lines = Object.entries(records).map(([name, record]) => `${record.sha256}  ${name}\n`)
  return sha256(lines.sort().join(''))
}
