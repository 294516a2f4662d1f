import type { BinaryFile } from '../binary-file.js'

/** A metadata value. Integers beyond 2^53 are refused, because no key that is read needs them. */
export type MetadataValue = string | number | boolean | readonly MetadataValue[]
/** Metadata values by key. */
export type Metadata = ReadonlyMap<string, MetadataValue>

/** The entry of a tensor in the header. */
export interface TensorEntry {
  readonly name: string
  /** Outermost axis first. The file has the reverse order. */
  readonly shape: readonly number[]
  /** A ggml_type. */
  readonly typeId: number
  /** Offset from the start of the file, in bytes. */
  readonly offset: number
}

/** The header of a GGUF file. */
export interface Header {
  readonly metadata: Metadata
  readonly tensors: readonly TensorEntry[]
}

/** Maximum size of a header. Vocabularies of a million tokens are far smaller. */
const maxHeaderBytes = 128 << 20
const firstReadBytes = 1 << 20
const maxEntries = 1 << 16
/**
 * Maximum length of a text (a chat template) and of an array (the tokens). A larger length means a
 * damaged file.
 */
const maxTextBytes = 8 << 20
const maxArrayLength = 4 << 20

/**
 * Reads a GGUF file's header (versions 2 and 3, little-endian;
 * https://github.com/ggml-org/ggml/blob/master/docs/gguf.md).
 * @throws Error with the path if the file is not a GGUF file or is damaged
 */
export async function readHeader(file: BinaryFile): Promise<Header> {
  const limit = Math.min(file.bytes, maxHeaderBytes)
  for (let length = Math.min(firstReadBytes, limit); ; length = Math.min(length * 4, limit)) {
    const reader = new Reader(await file.read(0, length), file.path)
    try {
      return parseHeader(reader, file)
    } catch (error) {
      if (!(error instanceof EndOfBytes)) throw error
      if (length === limit)
        throw new Error(`${file.path}: the header does not end within ${length} bytes; is the download complete?`)
    }
  }
}

function parseHeader(reader: Reader, { path, bytes }: BinaryFile): Header {
  if (bytes < 4)
    throw new Error(`${path} has ${bytes} bytes: expected a GGUF file, which is longer; is the download complete?`)
  if (reader.text(4) !== 'GGUF')
    throw new Error(`${path} is neither a GGUF file nor a folder. Expected a Hugging Face folder or a .gguf file`)
  const version = reader.u32()
  if (version !== 2 && version !== 3)
    throw new Error(`${path} is GGUF version ${version}: expected version 2 or 3 (little-endian)`)
  const tensorCount = reader.length('the number of tensors', maxEntries)
  const metadataCount = reader.length('the number of metadata keys', maxEntries)

  const metadata = new Map<string, MetadataValue>()
  for (let i = 0; i < metadataCount; i++) {
    const key = reader.string('a metadata key')
    if (metadata.has(key)) throw new Error(`${path} has the metadata ${key} twice; is the file damaged?`)
    metadata.set(key, reader.value(reader.u32(), `metadata ${key}`))
  }
  const entries = Array.from({ length: tensorCount }, () => readEntry(reader))
  const alignment = metadata.get('general.alignment') ?? 32
  if (typeof alignment !== 'number' || alignment < 1 || alignment % 8 !== 0)
    throw new Error(`${path}: general.alignment is ${String(alignment)}: expected a multiple of 8`)
  const dataStart = Math.ceil(reader.offset / alignment) * alignment
  return { metadata, tensors: entries.map((entry) => ({ ...entry, offset: dataStart + entry.offset })) }
}

function readEntry(reader: Reader): TensorEntry {
  const name = reader.string("a tensor's name")
  const axes = reader.u32()
  if (axes < 1 || axes > 4)
    throw new Error(`${reader.path}: tensor ${name} has ${axes} axes: expected 1 to 4; is the file damaged?`)
  const shape = Array.from({ length: axes }, () => reader.u64(`tensor ${name}`)).reverse()
  return { name, shape, typeId: reader.u32(), offset: reader.u64(`tensor ${name}`) }
}

/** Thrown if the bytes end before the header does, so that more must be read. */
class EndOfBytes extends Error {}

class Reader {
  offset = 0
  private readonly view: DataView

  constructor(
    private readonly bytes: Uint8Array<ArrayBuffer>,
    readonly path: string,
  ) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  private advance(length: number): number {
    const at = this.offset
    if (at + length > this.bytes.length) throw new EndOfBytes()
    this.offset += length
    return at
  }

  u32 = () => this.view.getUint32(this.advance(4), true)
  u64 = (what: string) => this.safe(this.view.getBigUint64(this.advance(8), true), what)
  private i64 = (what: string) => this.safe(this.view.getBigInt64(this.advance(8), true), what)

  private safe(value: bigint, what: string): number {
    if (!Number.isSafeInteger(Number(value)))
      throw new Error(`${this.path}: ${what} has the number ${value}, which is out of range; is the file damaged?`)
    return Number(value)
  }

  length(what: string, limit: number): number {
    const value = this.u64(what)
    if (value > limit)
      throw new Error(`${this.path}: ${what} has the length ${value}: expected at most ${limit}; is the file damaged?`)
    return value
  }

  text(length: number): string {
    const at = this.advance(length)
    return utf8.decode(this.bytes.subarray(at, at + length))
  }

  string = (what: string) => this.text(this.length(what, maxTextBytes))

  /** Reads one value of a gguf_metadata_value_type. */
  value(type: number, what: string): MetadataValue {
    const scalar = scalars[type]
    if (scalar !== undefined) return scalar.read(this.view, this.advance(scalar.bytes))
    if (type === 8) return this.string(what)
    if (type === 10) return this.u64(what)
    if (type === 11) return this.i64(what)
    if (type === 9) return this.array(what)
    throw new Error(`${this.path}: ${what} has the unknown value type ${type}; is the file damaged?`)
  }

  private array(what: string): MetadataValue[] {
    const type = this.u32()
    if (type === 9) throw new Error(`${this.path}: ${what} is an array of arrays, which is not supported`)
    const length = this.length(what, maxArrayLength)
    // Every element takes at least one byte, so a damaged length cannot allocate much memory.
    if (length > this.bytes.length - this.offset) throw new EndOfBytes()
    return Array.from({ length }, () => this.value(type, what))
  }
}

/** Keeps a byte order mark, because a token can be one. */
const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })

interface Scalar {
  readonly bytes: number
  readonly read: (view: DataView, at: number) => number | boolean
}

const scalars: Readonly<Record<number, Scalar>> = {
  0: { bytes: 1, read: (view, at) => view.getUint8(at) },
  1: { bytes: 1, read: (view, at) => view.getInt8(at) },
  2: { bytes: 2, read: (view, at) => view.getUint16(at, true) },
  3: { bytes: 2, read: (view, at) => view.getInt16(at, true) },
  4: { bytes: 4, read: (view, at) => view.getUint32(at, true) },
  5: { bytes: 4, read: (view, at) => view.getInt32(at, true) },
  6: { bytes: 4, read: (view, at) => view.getFloat32(at, true) },
  7: { bytes: 1, read: (view, at) => view.getUint8(at) !== 0 },
  12: { bytes: 8, read: (view, at) => view.getFloat64(at, true) },
}
