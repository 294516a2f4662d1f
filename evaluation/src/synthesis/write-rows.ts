import { open, rename } from 'node:fs/promises'

/**
 * Writes a JSONL file. Until all rows are written, the path has the file of before, or none.
 * @throws the signal's reason; errors of `rows` and of the file system
 */
export async function writeRows(path: string, rows: AsyncIterable<object>, signal: AbortSignal): Promise<void> {
  const partial = `${path}.new`
  const file = await open(partial, 'w')
  try {
    for await (const row of rows) {
      signal.throwIfAborted()
      await file.appendFile(`${JSON.stringify(row)}\n`)
    }
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(partial, path)
}
