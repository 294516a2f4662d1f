/**
 * A value to write. Integers become uint32 (int32 in arrays), other numbers float32. `Raw` is any
 * other type.
 */
export type GgufValue = string | number | boolean | readonly string[] | readonly number[] | Raw

export class Raw {
  constructor(
    readonly type: number,
    readonly bytes: Uint8Array,
  ) {}
}

export interface GgufTensor {
  readonly name: string
  /** Outermost axis first. */
  readonly shape: readonly number[]
  /** A ggml_type. */
  readonly type: number
  readonly bytes: Uint8Array
}

export interface GgufFile {
  readonly version?: number
  readonly metadata: Readonly<Record<string, GgufValue>>
  readonly tensors: readonly GgufTensor[]
  /** Must equal `general.alignment`. */
  readonly alignment?: number
}

/** A float32 tensor, row-major. */
export function floatTensor(name: string, shape: readonly number[], values: ArrayLike<number>): GgufTensor {
  return { name, shape, type: 0, bytes: new Uint8Array(Float32Array.from(values).buffer) }
}

/** Returns the bytes of a GGUF file, little-endian. */
export function encodeGguf({ version = 3, metadata, tensors, alignment = 32 }: GgufFile): Buffer {
  const pad = (length: number) => Buffer.alloc((alignment - (length % alignment)) % alignment)
  let offset = 0
  const entries = tensors.map(({ name, shape, type, bytes }) => {
    const axes = [...shape].reverse().map((size) => u64(size))
    const entry = Buffer.concat([string(name), u32(shape.length), ...axes, u32(type), u64(offset)])
    offset += bytes.length + pad(bytes.length).length
    return entry
  })
  const pairs = Object.entries(metadata).map(([key, item]) => Buffer.concat([string(key), value(item)]))
  const counts = [u64(tensors.length), u64(pairs.length)]
  const header = Buffer.concat([Buffer.from('GGUF'), u32(version), ...counts, ...pairs, ...entries])
  return Buffer.concat([header, pad(header.length), ...tensors.flatMap(({ bytes }) => [bytes, pad(bytes.length)])])
}

export function u32(value: number): Buffer {
  const out = Buffer.alloc(4)
  out.writeUInt32LE(value)
  return out
}

export function u64(value: number | bigint): Buffer {
  const out = Buffer.alloc(8)
  out.writeBigUInt64LE(BigInt(value))
  return out
}

function i32(value: number): Buffer {
  const out = Buffer.alloc(4)
  out.writeInt32LE(value)
  return out
}

function f32(value: number): Buffer {
  const out = Buffer.alloc(4)
  out.writeFloatLE(value)
  return out
}

export const string = (text: string) => Buffer.concat([u64(Buffer.byteLength(text)), Buffer.from(text)])

function value(item: GgufValue): Buffer {
  if (item instanceof Raw) return Buffer.concat([u32(item.type), item.bytes])
  if (typeof item === 'string') return Buffer.concat([u32(8), string(item)])
  if (typeof item === 'boolean') return Buffer.concat([u32(7), Buffer.from([Number(item)])])
  if (typeof item === 'number')
    return Number.isInteger(item) ? Buffer.concat([u32(4), u32(item)]) : Buffer.concat([u32(6), f32(item)])
  const [type, elements] = elementsOf(item)
  return Buffer.concat([u32(9), u32(type), u64(item.length), ...elements])
}

function elementsOf(items: readonly (string | number)[]): [type: number, elements: Buffer[]] {
  if (items.every((item) => typeof item === 'string')) return [8, items.map(string)]
  const numbers = items.map(Number)
  return numbers.every(Number.isInteger) ? [5, numbers.map(i32)] : [6, numbers.map(f32)]
}
