import { createReadStream } from 'node:fs'

/** A line of a file. */
export interface Line {
  /** The content without the end of the line. */
  readonly bytes: Buffer
  /** The number of bytes of the file up to the end of this line. */
  readonly end: number
  /** Whether the line has an end. Only the last line of a file may have none. */
  readonly isComplete: boolean
}

/** Maximum bytes of a line. */
const maxLineBytes = 64 * 2 ** 20
const newline = 0x0a

/**
 * Yields the lines of a file. Only "\n" ends a line: Node's readline also splits at U+2028 and
 * U+2029, which JSON texts may contain.
 * @throws Error of the file system; Error if a line is longer than 64 MiB; the signal's reason
 */
export async function* splitLines(path: string, signal: AbortSignal): AsyncGenerator<Line> {
  let parts: Buffer[] = []
  let length = 0
  let end = 0
  for await (const chunk of createReadStream(path, { signal, highWaterMark: 1 << 18 }) as AsyncIterable<Buffer>) {
    let start = 0
    for (let at = chunk.indexOf(newline); at >= 0; at = chunk.indexOf(newline, start)) {
      const bytes = Buffer.concat([...parts, chunk.subarray(start, at)])
      end += bytes.length + 1
      yield { bytes, end, isComplete: true }
      start = at + 1
      parts = []
      length = 0
    }
    parts.push(chunk.subarray(start))
    length += chunk.length - start
    if (length > maxLineBytes) throw new Error(`${path} has a line of more than ${maxLineBytes} bytes`)
  }
  if (length > 0) yield { bytes: Buffer.concat(parts), end: end + length, isComplete: false }
}
