import type { Readable } from 'node:stream'
import { StringDecoder } from 'node:string_decoder'

const mostLines = 20
const mostLineLength = 2_000

/** Keeps the last lines that a stream said. */
export class LastLines {
  readonly #lines: string[] = []
  readonly #onLine: (line: string) => void
  #rest = ''

  /** @param onLine called for each line as it comes */
  constructor(stream: Readable, onLine: (line: string) => void) {
    this.#onLine = onLine
    const decoder = new StringDecoder('utf8')
    stream.on('data', (chunk: Buffer) => this.#push(decoder.write(chunk)))
    stream.on('end', () => {
      if (this.#rest !== '') this.#add(this.#rest)
    })
  }

  get text(): string {
    return this.#lines.join('\n')
  }

  #push(text: string) {
    const lines = (this.#rest + text).split('\n')
    this.#rest = (lines.pop() ?? '').slice(0, mostLineLength)
    for (const line of lines) this.#add(line)
  }

  #add(line: string) {
    this.#lines.push(line.slice(0, mostLineLength))
    if (this.#lines.length > mostLines) this.#lines.shift()
    this.#onLine(line)
  }
}
