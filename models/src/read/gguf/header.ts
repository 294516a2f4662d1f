import type { BinaryFile } from '../binary-file.js'

/** A metadata value: numbers of 64 bits beyond 2^53 are refused, none of the keys that matter has one. */
export type MetadataValue = string | number | boolean | readonly MetadataValue[]
export type Metadata = ReadonlyMap<string, MetadataValue>

export interface TensorEntry {
  readonly name: string
  /** Outermost axis first (the file has them the other way). */
  readonly shape: readonly number[]
  /** A ggml_type. */
  readonly typeId: number
  /** From the start of the file. */
  readonly offset: number
}

export interface Header {
  readonly metadata: Metadata
  readonly tensors: readonly TensorEntry[]
}

/** Longest header that is read: vocabularies of a million tokens stay far below. */
const maxHeaderBytes = 512 << 20
const firstReadBytes = 1 << 20
const maxEntries = 1 << 20

/**
 * Reads a GGUF file's header (versions 2 and 3, little-endian; https://github.com/ggml-org/ggml/blob/master/docs/gguf.md).
 * @throws Error naming the file where it is no such file or is damaged.
 */
export async function readHeader(file: BinaryFile): Promise<Header> {
  const limit = Math.min(file.bytes, maxHeaderBytes)
  for (let length = Math.min(firstReadBytes, limit); ; length = Math.min(length * 4, limit)) {
    const reader = new Reader(await file.read(0, length))
    try {
      return parseHeader(reader, file.path)
    } catch (error) {
      if (!(error instanceof EndOfBytes)) throw error
      if (length === limit)
        throw new Error(`${file.path}: the header does not end within ${length} bytes; is it wholly downloaded?`)
    }
  }
}

function parseHeader(reader: Reader, path: string): Header {
  if (reader.text(4) !== 'GGUF')
    throw new Error(`${path} is neither a GGUF file nor a folder. Expected a Hugging Face folder or a .gguf file`)
  const version = reader.u32()
  if (version !== 2 && version !== 3)
    throw new Error(`${path} is GGUF version ${version}; 2 and 3 (little-endian) are read`)
  const tensorCount = reader.count(path, maxEntries)
  const metadataCount = reader.count(path, maxEntries)

  const metadata = new Map<string, MetadataValue>()
  for (let i = 0; i < metadataCount; i++) {
    const key = reader.string()
    metadata.set(key, reader.value(reader.u32(), `${path}: metadata ${key}`))
  }
  const entries = Array.from({ length: tensorCount }, () => readEntry(reader, path))
  const alignment = metadata.get('general.alignment') ?? 32
  if (typeof alignment !== 'number' || alignment < 1 || alignment % 8 !== 0)
    throw new Error(`${path}: general.alignment is ${String(alignment)}, expected a multiple of 8`)
  const dataStart = Math.ceil(reader.offset / alignment) * alignment
  return { metadata, tensors: entries.map((entry) => ({ ...entry, offset: dataStart + entry.offset })) }
}

function readEntry(reader: Reader, path: string): TensorEntry {
  const name = reader.string()
  const axes = reader.u32()
  if (axes > 4) throw new Error(`${path}: tensor ${name} has ${axes} axes; is the file damaged?`)
  const shape = Array.from({ length: axes }, () => reader.u64(`${path}: tensor ${name}`)).reverse()
  return { name, shape, typeId: reader.u32(), offset: reader.u64(`${path}: tensor ${name}`) }
}

/** The bytes at hand end before the header does: more must be read. */
class EndOfBytes extends Error {}

class Reader {
  offset = 0
  readonly #view: DataView

  constructor(private readonly bytes: Uint8Array<ArrayBuffer>) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  #take(length: number): number {
    const at = this.offset
    if (at + length > this.bytes.length) throw new EndOfBytes()
    this.offset += length
    return at
  }

  u32 = () => this.#view.getUint32(this.#take(4), true)

  u64(what: string): number {
    const value = Number(this.#view.getBigUint64(this.#take(8), true))
    if (!Number.isSafeInteger(value))
      throw new Error(`${what}: a number of ${value} is out of range; is the file damaged?`)
    return value
  }

  count(path: string, limit: number): number {
    const value = this.u64(path)
    if (value > limit) throw new Error(`${path}: a count of ${value} is above ${limit}; is the file damaged?`)
    return value
  }

  text(length: number): string {
    const at = this.#take(length)
    return utf8.decode(this.bytes.subarray(at, at + length))
  }

  string = () => this.text(this.u64('a string'))

  /** One value of a gguf_metadata_value_type. */
  value(type: number, what: string): MetadataValue {
    const scalar = scalars[type]
    if (scalar !== undefined) return scalar.read(this.#view, this.#take(scalar.bytes))
    if (type === 8) return this.string()
    if (type === 10) return this.u64(what)
    if (type === 11) return Number(this.#view.getBigInt64(this.#take(8), true))
    if (type === 9) return this.#array(what)
    throw new Error(`${what} has the unknown value type ${type}; is the file damaged?`)
  }

  #array(what: string): MetadataValue[] {
    const type = this.u32()
    if (type === 9) throw new Error(`${what} is an array of arrays, which is not read`)
    const length = this.u64(what)
    // Every element takes a byte at least: a damaged length must not allocate.
    if (length > this.bytes.length - this.offset) throw new EndOfBytes()
    return Array.from({ length }, () => this.value(type, what))
  }
}

const utf8 = new TextDecoder()

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
