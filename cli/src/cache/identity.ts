import { createHash } from 'node:crypto'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { isGraphPath, openExport } from '@tandem/models'
import { hashFile } from '../util/hash-file.js'

/**
 * What stands for the content of a checkpoint folder or file, or of an exported graph with the files that belong to it: path, size and
 * time of change of each file. Weights are too large to hash at every start; whoever changes a file changes its time.
 */
export async function weightsIdentity(path: string): Promise<string> {
  const found = await stat(path, { bigint: true })
  if (found.isFile()) {
    const files = isGraphPath(path) ? (await openExport(path)).files : [path]
    return (await Promise.all(files.map(fileIdentity))).join('\n')
  }
  const names = (await readdir(path)).sort()
  const files: string[] = []
  for (const name of names) {
    const file = await stat(join(path, name), { bigint: true })
    if (file.isFile()) files.push(`${name} ${file.size} ${file.mtimeNs}`)
  }
  return [path, ...files].join('\n')
}

async function fileIdentity(path: string): Promise<string> {
  const { size, mtimeNs } = await stat(path, { bigint: true })
  return `${path} ${size} ${mtimeNs}`
}

/** The content of an adapter folder: small enough to hash, so that a copy elsewhere is the same adapter. */
export async function adapterIdentity(folder: string, signal: AbortSignal): Promise<string> {
  const lines: string[] = []
  for (const name of (await readdir(folder)).sort())
    if (/^adapter_/.test(name)) lines.push(`${name} ${await hashFile(join(folder, name), signal)}`)
  return lines.join('\n')
}

/** A short name for a list of texts: 16 hexadecimal digits of SHA-256, unambiguous whatever the texts hold. */
export function shortHash(parts: readonly (string | null)[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 16)
}
