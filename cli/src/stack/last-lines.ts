import type { Readable } from 'node:stream'
import { StringDecoder } from 'node:string_decoder'
import { stripVTControlCharacters } from 'node:util'

const maxLines = 20
const maxLineLength = 2_000

/** `2026-01-31 12:00:00.0 [E:onnxruntime:...]`: onnxruntime throws what it logs. */
const nativeLog = /^\S+ \S+ \[[VIWEF]:onnxruntime:/

/** Keeps the last lines of a stream. */
export class LastLines {
  private readonly lines: string[] = []
  private remaining = ''

  /** @param onLine called with each line when it arrives */
  constructor(
    stream: Readable,
    private readonly onLine: (line: string) => void,
  ) {
    const decoder = new StringDecoder('utf8')
    stream.on('data', (chunk: Buffer) => this.push(decoder.write(chunk)))
    stream.on('end', () => {
      if (this.remaining !== '') this.add(this.remaining)
    })
  }

  /**
   * The last lines without colours. Logs of onnxruntime are included only if there is nothing else.
   */
  get text(): string {
    const lines = this.lines.map(stripVTControlCharacters).filter((line) => line.trim() !== '')
    const own = lines.filter((line) => !nativeLog.test(line))
    return (own.length > 0 ? own : lines).join('\n')
  }

  private push(text: string) {
    const lines = (this.remaining + text).split('\n')
    this.remaining = (lines.pop() ?? '').slice(0, maxLineLength)
    for (const line of lines) this.add(line)
  }

  private add(line: string) {
    this.lines.push(line.slice(0, maxLineLength))
    if (this.lines.length > maxLines) this.lines.shift()
    this.onLine(line)
  }
}
