export interface TensorToWrite {
  readonly dtype: string
  readonly shape: readonly number[]
  readonly bytes: Uint8Array
}

/** Returns a float32 tensor. The default shape is [values]. */
export function floats(values: readonly number[], shape: readonly number[] = [values.length]): TensorToWrite {
  return { dtype: 'F32', shape, bytes: new Uint8Array(Float32Array.from(values).buffer) }
}

/** Returns the bytes of a safetensors file: the length of the header, the header, the data. */
export function encodeSafetensors(tensors: Readonly<Record<string, TensorToWrite>>): Buffer {
  let at = 0
  const header: Record<string, unknown> = { __metadata__: { format: 'pt' } }
  for (const [name, { dtype, shape, bytes }] of Object.entries(tensors)) {
    header[name] = { dtype, shape, data_offsets: [at, at + bytes.length] }
    at += bytes.length
  }
  return encodeHeader(JSON.stringify(header), ...Object.values(tensors).map(({ bytes }) => bytes))
}

/** Returns a safetensors file with any text as its header. */
export function encodeHeader(header: string, ...parts: readonly Uint8Array[]): Buffer {
  const text = Buffer.from(header)
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(BigInt(text.length))
  return Buffer.concat([length, text, ...parts])
}
