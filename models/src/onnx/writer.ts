import { once } from 'node:events'
import { createWriteStream, type WriteStream } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { finished } from 'node:stream/promises'
import { type GraphBuilder, type Initializer, initializerBytes } from './graph-builder.js'
import { assertBytes, headOf, inlineTensor } from './in-memory.js'
import { modelProto, type StoredTensor } from './model-proto.js'
import { encodeModel, externalLocation } from './schema.js'

/**
 * Offsets in the data file are multiples of this, so that onnxruntime can map the file into memory.
 */
const alignment = 4096
/**
 * Smaller tensors (norms, shapes, constants) are part of the graph, in the branch that uses them.
 */
const inlineLimitBytes = 32 << 10

/** The options of `writeGraph`. */
export interface WriteOptions {
  /** The folder of the two files. It must exist. */
  readonly folder: string
  readonly graphFileName: string
  readonly dataFileName: string
  readonly producerVersion: string
  /** Called with the number of data bytes written since the last call. */
  readonly onBytes?: (bytes: number) => void
  readonly signal?: AbortSignal | undefined
}

/** Bytes that `writeGraph` will report through `onBytes`. */
export function graphDataBytes(graph: GraphBuilder): number {
  let total = 0
  for (const initializer of graph.initializers.values()) total += initializerBytes(initializer)
  return total
}

/**
 * Writes a graph as an ONNX file, and its large tensors into a second file in the same folder,
 * chunk by chunk.
 * @throws Error if the bytes of an initializer do not match its shape; the signal's reason on abort
 */
export async function writeGraph(graph: GraphBuilder, options: WriteOptions): Promise<void> {
  const data = createWriteStream(join(options.folder, options.dataFileName), { flush: true })
  const failed = finished(data)
  failed.catch(() => {})
  try {
    const tensors = await writeInitializers(graph, data, options)
    data.end()
    await failed
    const model = modelProto(graph, tensors, options.producerVersion)
    await writeFile(join(options.folder, options.graphFileName), encodeModel(model), { flush: true })
  } catch (error) {
    data.destroy()
    throw error
  }
}

async function writeInitializers(
  graph: GraphBuilder,
  data: WriteStream,
  options: WriteOptions,
): Promise<StoredTensor[]> {
  const tensors: StoredTensor[] = []
  let offset = 0
  for (const [name, initializer] of graph.initializers) {
    const length = initializerBytes(initializer)
    if (length < inlineLimitBytes) {
      options.signal?.throwIfAborted()
      tensors.push(await inlineTensor(name, initializer, options.onBytes))
      continue
    }
    const gap = (alignment - (offset % alignment)) % alignment
    await write(data, new Uint8Array(gap))
    offset += gap
    await writeChunks(name, initializer, data, options)
    tensors.push({
      ...headOf(name, initializer),
      dataLocation: externalLocation,
      externalData: Object.entries({ location: options.dataFileName, offset, length }).map(([key, value]) => ({
        key,
        value: String(value),
      })),
    })
    offset += length
  }
  return tensors
}

async function writeChunks(
  name: string,
  initializer: Initializer,
  data: WriteStream,
  { signal, onBytes }: WriteOptions,
): Promise<void> {
  let bytes = 0
  for await (const chunk of initializer.chunks()) {
    signal?.throwIfAborted()
    await write(data, chunk)
    bytes += chunk.byteLength
    onBytes?.(chunk.byteLength)
  }
  assertBytes(name, initializer, bytes)
}

async function write(stream: WriteStream, chunk: Uint8Array): Promise<void> {
  if (stream.errored) throw stream.errored
  if (chunk.byteLength > 0 && !stream.write(chunk)) await once(stream, 'drain')
}
