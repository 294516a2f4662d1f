import { type ModelConfig, parseModelConfig } from '../config.js'
import { buildGraph } from '../graph/build-graph.js'
import { graphFileName, type Manifest, type Precision } from '../manifest.js'
import { graphDataBytes, writeGraph } from '../onnx/writer.js'
import { assertPrecisionFits } from '../precision.js'
import type { Adapter, ModelSource } from '../read/source.js'
import { assertOneLabel } from '../weights/score-head.js'
import { hasTiedHead } from '../weights/tied-head.js'
import { Weights } from '../weights/weights.js'
import { builderVersion, type FolderOptions, makeModelFolder } from './model-folder.js'

const dataFileName = `${graphFileName}.data`

export interface WeightsOptions extends FolderOptions {
  /** Adds the adapter into the weights, rather than beside them at run time. */
  readonly merge: boolean
  /** Lets each token say whether the adapter counts. */
  readonly switched: boolean
  readonly precision: Precision
}

/**
 * Builds a model folder with a graph of ours.
 * @throws Error as `makeModelFolder`, and naming what no graph of ours computes
 */
export async function buildFolder(
  source: ModelSource,
  adapter: Adapter | null,
  options: WeightsOptions,
): Promise<Manifest> {
  const { precision, merge, switched } = options
  assertPrecisionFits(precision, source)
  const config = await readConfig(source, adapter)
  if (config.head === 'score' && switched)
    throw new Error('a reward model is one model, not a pair: build it without --switched')
  const graph = buildGraph(config, new Weights(source.weights, adapter, merge), options)
  const content = {
    model: config,
    exportedGraph: null,
    precision,
    texts: source,
    source: { kind: source.weights.kind, files: source.files },
    adapter: adapter && { name: adapter.name, merged: merge, switched, files: adapter.files },
    graph: {
      names: [graphFileName, dataFileName],
      bytes: graphDataBytes(graph),
      write: (folder: string, onBytes: (bytes: number) => void, signal: AbortSignal | undefined) =>
        writeGraph(graph, { folder, graphFileName, dataFileName, producerVersion: builderVersion, onBytes, signal }),
    },
  }
  return makeModelFolder(content, options)
}

/** What is built: an adapter can make a language model a reward model. */
async function readConfig(source: ModelSource, adapter: Adapter | null): Promise<ModelConfig> {
  const config = parseModelConfig(source.config, source.generationConfig)
  if (config.head === 'vocabulary' && !adapter?.isClassifier)
    return { ...config, tiedEmbeddings: await hasTiedHead(config, source.weights) }
  assertOneLabel(source.weights, adapter)
  return { ...config, head: 'score' }
}
