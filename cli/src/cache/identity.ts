import { createHash } from 'node:crypto'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { adapterTextNames, isGraphPath, openExport } from '@tandem/models'
import { hashFile } from '@tandem/process'

/**
 * Returns a text that identifies the content of a checkpoint folder or file, or of an exported
 * graph with its files: path, size and modification time of each file. Weights are too large to
 * hash at every start, and a change of a file changes its time.
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

/**
 * Returns a text that identifies the content of an adapter folder, with its own tokenizer. It is
 * small enough to hash, so a copy is the same adapter.
 */
export async function adapterIdentity(folder: string, signal: AbortSignal): Promise<string> {
  const lines: string[] = []
  for (const name of (await readdir(folder)).sort())
    if (/^adapter_/.test(name) || adapterTextNames.includes(name))
      lines.push(`${name} ${await hashFile(join(folder, name), signal)}`)
  return lines.join('\n')
}

/** Returns a short hash of a list of texts: 16 hexadecimal digits of SHA-256. */
export function shortHash(parts: readonly (string | null)[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 16)
}
