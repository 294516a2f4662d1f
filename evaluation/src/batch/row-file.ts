import { type FileHandle, open } from 'node:fs/promises'
import { splitLines } from '../prompts/index.js'
import { parseJson } from './http/read-error.js'

/** Time between two syncs to the disk while rows are written, in milliseconds. */
const syncMs = 1000

/**
 * A JSONL file that a run appends to, one row at a time, in order. After the process was killed, or
 * the machine lost its power, the file is a whole number of rows again when it is opened.
 */
export class RowFile {
  private lastSyncMs = 0

  private constructor(
    private readonly file: FileHandle,
    /** The rows that the file had when it was opened. */
    readonly found: number,
    /** The bytes after them that were cut off: a row that was not written to its end. */
    readonly cutBytes: number,
  ) {}

  /**
   * Opens the file, or creates it. Everything after the last whole row is cut off.
   * @param isRow whether a value is the row at a position of this file, from 0
   */
  static async open(
    path: string,
    isRow: (value: unknown, position: number) => boolean,
    signal: AbortSignal,
  ): Promise<RowFile> {
    const file = await open(path, 'a')
    try {
      const { rows, bytes } = await countRows(path, isRow, signal)
      const cutBytes = (await file.stat()).size - bytes
      if (cutBytes > 0) await file.truncate(bytes)
      return new RowFile(file, rows, cutBytes)
    } catch (error) {
      await file.close()
      throw error
    }
  }

  /** Appends a row. It survives the death of the process, and after a second a loss of power. */
  async append(row: object): Promise<void> {
    await this.file.appendFile(`${JSON.stringify(row)}\n`)
    if (performance.now() - this.lastSyncMs < syncMs) return
    await this.file.datasync()
    this.lastSyncMs = performance.now()
  }

  /** Writes everything to the disk and closes the file. */
  async close(): Promise<void> {
    try {
      await this.file.datasync()
    } finally {
      await this.file.close()
    }
  }
}

async function countRows(path: string, isRow: (value: unknown, position: number) => boolean, signal: AbortSignal) {
  let rows = 0
  let bytes = 0
  for await (const line of splitLines(path, signal)) {
    // A loss of power can leave zeros, or the end of a row without its beginning.
    if (!line.isComplete || !isRow(parseJson(line.bytes.toString('utf8')), rows)) break
    rows++
    bytes = line.end
  }
  return { rows, bytes }
}
