import { buildGraph } from '../build-graph.js'
import { type ModelConfig, parseModelConfig } from '../config.js'
import { graphFileName, type Manifest, type Precision } from '../manifest.js'
import { graphDataBytes, writeGraph } from '../onnx/writer.js'
import { assertPrecisionFits } from '../precision.js'
import type { Adapter, ModelSource } from '../source.js'
import { assertOneLabel } from '../weights/score-head.js'
import { hasTiedHead } from '../weights/tied-head.js'
import { Weights } from '../weights/weights.js'
import { assertSameTokens, assertTokensFit, withAdapterTexts } from './adapter-texts.js'
import { builderVersion, type FolderOptions, makeModelFolder } from './model-folder.js'

const dataFileName = `${graphFileName}.data`

/** The options of a model folder with a graph that Tandem builds. */
export interface WeightsOptions extends FolderOptions {
  /**
   * Merges the adapter into the weights. Otherwise the graph computes it separately at run time.
   */
  readonly merge: boolean
  /** Adds a graph input that switches the adapter on or off for each token. */
  readonly switched: boolean
  readonly precision: Precision
}

/**
 * Builds a model folder with a graph that Tandem builds.
 * @throws Error as `makeModelFolder`, and with the part of the model that no graph of Tandem
 *   computes
 */
export async function buildFolder(
  source: ModelSource,
  adapter: Adapter | null,
  options: WeightsOptions,
): Promise<Manifest> {
  const { precision, merge, switched } = options
  assertPrecisionFits(precision, source)
  const config = await readConfig(source, adapter)
  if (adapter !== null) assertTokensFit(adapter, config.vocabularySize)
  if (adapter !== null && switched) assertSameTokens(source.textFiles, adapter)
  if (config.head === 'score' && switched)
    throw new Error('--switched is for pairs of language models, and this is a reward model: leave --switched out')
  const graph = buildGraph(config, new Weights(source.weights, adapter, merge), options)
  const content = {
    model: config,
    exportedGraph: null,
    precision,
    texts: adapter === null ? source : withAdapterTexts(source, adapter.textFiles),
    source: { kind: source.weights.kind, files: source.files },
    adapter: adapter && { name: adapter.name, merged: merge, scale: adapter.scale, switched, files: adapter.files },
    graph: {
      names: [graphFileName, dataFileName],
      bytes: graphDataBytes(graph),
      write: (folder: string, onBytes: (bytes: number) => void, signal: AbortSignal | undefined) =>
        writeGraph(graph, { folder, graphFileName, dataFileName, producerVersion: builderVersion, onBytes, signal }),
    },
  }
  return makeModelFolder(content, options)
}

/**
 * Returns the config of the model to build. An adapter can turn a language model into a reward
 * model.
 */
async function readConfig(source: ModelSource, adapter: Adapter | null): Promise<ModelConfig> {
  const config = parseModelConfig(source.config, source.generationConfig)
  if (config.head === 'vocabulary' && !adapter?.isClassifier)
    return { ...config, tiedEmbeddings: await hasTiedHead(config, source.weights) }
  assertOneLabel(source.weights, adapter)
  return { ...config, head: 'score' }
}
