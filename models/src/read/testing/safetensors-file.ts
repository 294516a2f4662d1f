export interface TensorToWrite {
  readonly dtype: string
  readonly shape: readonly number[]
  readonly bytes: Uint8Array
}

/** float32 as a tensor: [values] unless a shape is given. */
export function floats(values: readonly number[], shape: readonly number[] = [values.length]): TensorToWrite {
  return { dtype: 'F32', shape, bytes: new Uint8Array(Float32Array.from(values).buffer) }
}

/** A safetensors file: length of the header, header, bytes. */
export function encodeSafetensors(tensors: Readonly<Record<string, TensorToWrite>>): Buffer {
  let at = 0
  const header: Record<string, unknown> = { __metadata__: { format: 'pt' } }
  for (const [name, { dtype, shape, bytes }] of Object.entries(tensors)) {
    header[name] = { dtype, shape, data_offsets: [at, at + bytes.length] }
    at += bytes.length
  }
  return encodeHeader(JSON.stringify(header), ...Object.values(tensors).map(({ bytes }) => bytes))
}

/** Any text as the header. */
export function encodeHeader(header: string, ...parts: readonly Uint8Array[]): Buffer {
  const text = Buffer.from(header)
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(BigInt(text.length))
  return Buffer.concat([length, text, ...parts])
}
