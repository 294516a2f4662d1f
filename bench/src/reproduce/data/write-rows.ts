import { mkdir, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { makeRows } from './rows.js'

/**
 * Writes the rows to `demonstrations.jsonl` and `pairs.jsonl` in a new folder, which appears when
 * it is complete.
 */
export async function writeRows(folder: string, seed: number): Promise<void> {
  const partial = `${folder}.partial`
  await mkdir(partial, { recursive: true })
  for (const [name, rows] of Object.entries(makeRows(seed)))
    await writeFile(join(partial, `${name}.jsonl`), rows.map((row: object) => `${JSON.stringify(row)}\n`).join(''))
  await rename(partial, folder)
}
