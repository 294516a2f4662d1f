import {
  exportedInputs,
  exportedOutputs,
  exportedPastName,
  exportedPresentName,
  halfToFloat,
  keyValueBytesPerToken,
  keyValueParts,
} from '@tandem/models/folder'
import { BufferGarbage, messageOf } from '@tandem/process'
import { Tensor } from 'onnxruntime-node'
import {
  type BatchMemory,
  type Engine,
  type EngineDescription,
  type Forward,
  type ModelVariant,
  runOneByOne,
} from '../engine.js'
import { LogitsRow } from '../logits/logits-row.js'
import { assertVariant, holdsVariant } from './assert-variant.js'
import { ExportedCache, type ExportedShape } from './exported-cache.js'
import { int64 } from './graph-feeds.js'
import { type LoadedGraph, type ModelSettings, type Outputs, openGraph } from './model-session.js'

/**
 * Runs a graph that optimum, onnx-community or onnxruntime-genai exported
 * (models/src/exported-contract.ts). Each run returns all keys and values in new host memory;
 * sessions run one by one.
 */
export class ExportedEngine implements Engine {
  readonly description: EngineDescription
  readonly batchMemory: BatchMemory = { byteLength: 0, clear: () => undefined }
  private readonly shape: ExportedShape
  private readonly bytesPerToken: number
  private readonly pastNames: readonly string[]
  private readonly presentNames: readonly string[]
  /** Shape of the input that says how many rows to read out. */
  private readonly rowsToKeepDims: readonly number[]
  private readonly garbage = new BufferGarbage()

  private constructor(private readonly graph: LoadedGraph) {
    const { manifest, description } = graph
    if (manifest.exportedGraph === null)
      throw new TypeError('the model folder holds a graph that Tandem built, not an exported one')
    const { layers, keyValueHeads, headSize, exportedGraph } = manifest
    this.description = { ...description, name: `${description.name}, exported graph` }
    this.shape = { layers, keyValueHeads, headSize, ...exportedGraph }
    this.bytesPerToken = keyValueBytesPerToken(manifest)
    const namesOf = (name: typeof exportedPastName) =>
      Array.from({ length: layers }, (_, layer) => keyValueParts.map((part) => name(layer, part))).flat()
    this.pastNames = namesOf(exportedPastName)
    this.presentNames = namesOf(exportedPresentName)
    const rowsToKeep = graph.session.inputMetadata.find(({ name }) => name === exportedInputs.rowsToKeep)
    this.rowsToKeepDims = rowsToKeep?.isTensor && rowsToKeep.shape.length > 0 ? [1] : []
  }

  /** @throws Error as openGraph does, and if the graph does not run as the manifest says */
  static async load(settings: ModelSettings): Promise<ExportedEngine> {
    const engine = new ExportedEngine(await openGraph(settings))
    try {
      await engine.runOnce()
      return engine
    } catch (cause) {
      await engine.close()
      const reason = messageOf(cause)
      throw new Error(
        `the exported graph in ${settings.folder} does not run on ${engine.description.device.kind} as its manifest says: ${reason}. ` +
          'Build the folder again. If that does not help, export the model again or use another device.',
        { cause },
      )
    }
  }

  createCache(variant: ModelVariant = 'adapted'): ExportedCache {
    assertVariant(this.graph.manifest, variant)
    return new ExportedCache(this.shape, this.bytesPerToken)
  }

  kvBytesPerToken(variant: ModelVariant): number {
    return holdsVariant(this.graph.manifest, variant) ? this.bytesPerToken : 0
  }

  async run(forward: Forward): Promise<LogitsRow[]> {
    const cache = cacheOf(forward)
    const outputs = await this.graph.session.run(this.feedsOf(forward, cache), [
      exportedOutputs.logits,
      ...this.presentNames,
    ])
    const presents = this.presentNames.map((name) => outputOf(outputs, name))
    const logits = outputOf(outputs, exportedOutputs.logits)
    // This may free the outputs of earlier runs; these outputs are still in use.
    this.garbage.add([logits, ...presents].reduce((sum, { data }) => sum + (data as Float32Array).byteLength, 0))
    const rows = this.rowsOf(logits, forward)
    cache.replace(presents, forward.position + forward.tokenIds.length)
    return rows
  }

  runBatch(forwards: readonly Forward[]): Promise<LogitsRow[][]> {
    return runOneByOne(this, forwards)
  }

  async close(): Promise<void> {
    await this.graph.session.release()
  }

  /** Runs one token: that finds faults that the graph's metadata does not show. */
  private async runOnce(): Promise<void> {
    const cache = this.createCache()
    cache.reserve(1)
    await this.run({ cache, position: 0, tokenIds: Uint32Array.of(0), rowIndices: [0] })
  }

  private feedsOf({ position, tokenIds, rowIndices }: Forward, cache: ExportedCache): Record<string, Tensor> {
    const tokens = tokenIds.length
    const positions = tokenIds.map((_, i) => position + i)
    const rows = tokens - (rowIndices[0] ?? tokens - 1)
    const { inputNames } = this.graph.session
    const feeds: Record<string, Tensor> = { [exportedInputs.tokenIds]: int64(tokenIds, [1, tokens]) }
    const add = (name: string, create: () => Tensor) => {
      if (inputNames.includes(name)) feeds[name] = create()
    }
    add(exportedInputs.attentionMask, () => ones(position + tokens))
    add(exportedInputs.positions, () => int64(positions, [1, tokens]))
    add(exportedInputs.rowsToKeep, () => int64([rows], this.rowsToKeepDims))
    cache.prefix(position).forEach((tensor, i) => {
      feeds[this.pastNames[i] as string] = tensor
    })
    return feeds
  }

  /** @param logits of all tokens, or only of the last tokens */
  private rowsOf({ dims, data }: Tensor, { tokenIds, rowIndices }: Forward): LogitsRow[] {
    const [, count = 0, size] = dims
    const { rowSize } = this.description
    const first = tokenIds.length - count
    if (size !== rowSize || first < 0 || first > (rowIndices[0] ?? first))
      throw new Error(
        `the exported graph returned logits of shape [${dims}]: expected [1,${tokenIds.length},${rowSize}]`,
      )
    return rowIndices.map((index) => {
      const start = (index - first) * rowSize
      return new LogitsRow(toFloats(data, start, start + rowSize))
    })
  }
}

function cacheOf({ cache }: Forward): ExportedCache {
  if (!(cache instanceof ExportedCache)) throw new TypeError('the cache belongs to another engine')
  return cache
}

const ones = (count: number) => new Tensor('int64', new BigInt64Array(count).fill(1n), [1, count])

function outputOf(outputs: Outputs, name: string): Tensor {
  const output = outputs[name]
  if (!(output instanceof Tensor)) throw new Error(`the graph returned no output "${name}"`)
  return output
}

/** Copies float32 values, or converts float16 bits. */
function toFloats(data: Tensor['data'], start: number, end: number): Float32Array {
  if (data instanceof Float32Array) return data.slice(start, end)
  const { buffer, byteOffset } = data as Uint16Array
  return Float32Array.from(new Uint16Array(buffer, byteOffset + 2 * start, end - start), halfToFloat)
}
