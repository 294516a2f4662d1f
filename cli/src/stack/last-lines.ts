import type { Readable } from 'node:stream'
import { StringDecoder } from 'node:string_decoder'
import { stripVTControlCharacters } from 'node:util'

const mostLines = 20
const mostLineLength = 2_000

/** `2026-01-31 12:00:00.0 [E:onnxruntime:...]`: what it logs, it throws too. */
const nativeLog = /^\S+ \S+ \[[VIWEF]:onnxruntime:/

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

  /** Without colours; what onnxruntime logs is there only where nothing else was said. */
  get text(): string {
    const lines = this.#lines.map(stripVTControlCharacters).filter((line) => line.trim() !== '')
    const own = lines.filter((line) => !nativeLog.test(line))
    return (own.length > 0 ? own : lines).join('\n')
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
