import type { BinaryFile } from '../binary-file.js'

/** A field of a protobuf message. */
export interface ProtobufField {
  readonly number: number
  /** Of a number: itself, where it is below 2^53. Of anything else, 0. */
  readonly value: number
  /** Of anything but a number: where its bytes lie in the file. */
  readonly start: number
  readonly end: number
}

const windowBytes = 64 * 1024
const mostVarintBytes = 10
/** Names, and the paths of external files; beyond it a length is damage, and nothing is read for it. */
const mostTextBytes = 64 * 1024

/** Protobuf messages read where they lie in a file: fields that nobody asks for are stepped over, however large they are. */
export class ProtobufFile {
  private window = new Uint8Array(0)
  private windowStart = 0

  constructor(private readonly file: BinaryFile) {}

  /**
   * The fields of the message in [start, end).
   * @throws Error naming the file where it ends too early, or holds no protobuf
   */
  async *fields(start = 0, end = this.file.bytes): AsyncGenerator<ProtobufField> {
    for (let at = start; at < end; ) {
      const tag = await this.varint(at, end)
      const field = await this.fieldAt(tag.value, tag.end, end)
      yield field
      at = field.end
    }
  }

  /** @throws Error where it is longer than any name */
  async text({ start, end }: ProtobufField): Promise<string> {
    if (end - start > mostTextBytes) throw this.notProtobuf(start)
    return new TextDecoder().decode(await this.file.read(start, end - start))
  }

  private async fieldAt(tag: number, at: number, limit: number): Promise<ProtobufField> {
    const number = Math.floor(tag / 8)
    const wireType = tag % 8
    if (number === 0) throw this.notProtobuf(at)
    if (wireType === 0) return { number, start: at, ...(await this.varint(at, limit)) }
    const length = wireType === 2 ? await this.varint(at, limit) : { value: this.fixedBytes(wireType, at), end: at }
    const end = length.end + length.value
    if (end > this.file.bytes)
      throw new Error(
        `${this.file.path} ends after ${this.file.bytes} bytes, ${end} expected; is it wholly downloaded?`,
      )
    if (end > limit) throw this.notProtobuf(at)
    return { number, value: 0, start: length.end, end }
  }

  private fixedBytes(wireType: number, at: number): number {
    if (wireType === 1) return 8
    if (wireType === 5) return 4
    throw this.notProtobuf(at)
  }

  private async varint(at: number, limit: number): Promise<{ value: number; end: number }> {
    let value = 0
    for (let i = 0; i < mostVarintBytes && at + i < limit; i++) {
      const byte = await this.byteAt(at + i)
      value += (byte % 128) * 2 ** (7 * i)
      if (byte < 128) return { value, end: at + i + 1 }
    }
    throw this.notProtobuf(at)
  }

  private async byteAt(at: number): Promise<number> {
    const index = at - this.windowStart
    const byte = index >= 0 ? this.window[index] : undefined
    if (byte !== undefined) return byte
    this.window = await this.file.read(at, Math.min(windowBytes, this.file.bytes - at))
    this.windowStart = at
    return this.window[0] ?? 0
  }

  private notProtobuf(at: number): Error {
    return new Error(`${this.file.path} is no ONNX file: it cannot be read at byte ${at}. Is it wholly downloaded?`)
  }
}
