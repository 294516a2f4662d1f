import { parseJson } from '../batch/http/read-error.js'
import { splitLines } from '../prompts/index.js'

/**
 * Yields the rows of a complete JSONL file.
 * @param parse null if a value is no row
 * @throws Error naming the line of a value that is no row; the signal's reason
 */
export async function* readRows<T>(
  path: string,
  parse: (value: unknown) => T | null,
  signal: AbortSignal,
): AsyncGenerator<T> {
  let number = 0
  for await (const { bytes } of splitLines(path, signal)) {
    number++
    const row = parse(parseJson(bytes.toString('utf8')))
    if (row === null) throw new Error(`${path} line ${number} is not a row of this version: remove the file`)
    yield row
  }
}
