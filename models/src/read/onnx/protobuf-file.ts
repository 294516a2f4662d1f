import type { BinaryFile } from '../binary-file.js'

/** A field of a protobuf message. */
export interface ProtobufField {
  readonly number: number
  /** The value of a number below 2^53. 0 for other fields. */
  readonly value: number
  /** The offset of the field's bytes in the file, for all fields except numbers. */
  readonly start: number
  readonly end: number
}

const windowBytes = 64 * 1024
const maxVarintBytes = 10
/** Maximum length of names and of paths of external files. A larger length means a damaged file. */
const maxTextBytes = 64 * 1024

/**
 * Reads protobuf messages from a file in parts. It skips the fields that are not needed, which can
 * be very large.
 */
export class ProtobufFile {
  private window = new Uint8Array(0)
  private windowStart = 0

  constructor(private readonly file: BinaryFile) {}

  /**
   * Yields the fields of the message in [start, end).
   * @throws Error with the path if the file is too short or is not protobuf
   */
  async *fields(start = 0, end = this.file.bytes): AsyncGenerator<ProtobufField> {
    for (let at = start; at < end; ) {
      const tag = await this.varint(at, end)
      const field = await this.fieldAt(tag.value, tag.end, end)
      yield field
      at = field.end
    }
  }

  /** Reads a text field. @throws Error if it is longer than any name */
  async text({ start, end }: ProtobufField): Promise<string> {
    if (end - start > maxTextBytes) throw this.notProtobuf(start)
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
        `${this.file.path} ends after ${this.file.bytes} bytes: expected ${end}; is the download complete?`,
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
    for (let i = 0; i < maxVarintBytes && at + i < limit; i++) {
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
    return new Error(
      `${this.file.path} is not an ONNX file: it cannot be read at byte ${at}. Is the download complete?`,
    )
  }
}
