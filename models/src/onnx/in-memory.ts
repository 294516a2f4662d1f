import { type GraphBuilder, type Initializer, initializerBytes, type Value } from './graph-builder.js'
import { modelProto, type StoredTensor } from './model-proto.js'
import { elementTypes, encodeModel } from './schema.js'

/**
 * Reads a tensor whose bytes are part of the graph.
 * @throws Error if the number of bytes does not match the shape
 */
export async function inlineTensor(
  name: Value,
  initializer: Initializer,
  onChunk: (bytes: number) => void = () => undefined,
): Promise<StoredTensor> {
  const parts: Uint8Array[] = []
  for await (const chunk of initializer.chunks()) {
    parts.push(chunk)
    onChunk(chunk.byteLength)
  }
  const rawData = Buffer.concat(parts)
  assertBytes(name, initializer, rawData.byteLength)
  return { ...headOf(name, initializer), rawData }
}

/** Returns name, shape and type of a tensor in ONNX terms. */
export const headOf = (name: Value, { shape, type }: Initializer) => ({
  name,
  dims: shape,
  dataType: elementTypes[type],
})

/** @throws Error if the number of bytes does not match the shape of the tensor */
export function assertBytes(name: Value, initializer: Initializer, bytes: number): void {
  const expected = initializerBytes(initializer)
  if (bytes !== expected)
    throw new Error(`tensor ${name} of shape [${initializer.shape}] gave ${bytes} bytes: expected ${expected}`)
}

/** Encodes a small graph as the bytes of an ONNX file. */
export async function encodeGraph(graph: GraphBuilder, producerVersion: string): Promise<Uint8Array> {
  const tensors: StoredTensor[] = []
  for (const [name, initializer] of graph.initializers) tensors.push(await inlineTensor(name, initializer))
  return encodeModel(modelProto(graph, tensors, producerVersion))
}
