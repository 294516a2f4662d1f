import { stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { type HeadKind, type ModelConfig, parseModelConfig } from '../config.js'
import { buildGraph } from '../graph/build-graph.js'
import { graphFileName, type Manifest, manifestFileName, type Precision } from '../manifest.js'
import { graphDataBytes, writeGraph } from '../onnx/writer.js'
import { assertPrecisionFits } from '../precision.js'
import type { Adapter, ModelSource } from '../read/source.js'
import { assertOneLabel } from '../weights/score-head.js'
import { hasTiedHead } from '../weights/tied-head.js'
import { Weights } from '../weights/weights.js'
import { tokenizerFingerprint } from './fingerprint.js'
import { combinedHash, hashFiles, sha256 } from './hash.js'
import { existingModel, isComplete, replaceFolder } from './output-folder.js'
import { chatTemplateName, folderTextFiles } from './text-files.js'

const dataFileName = `${graphFileName}.data`
/** Rises whenever the same inputs would give other files. */
export const builderVersion = '5'

export interface BuildProgress {
  /** `hash` reads the sources, `write` the graph, `check` hashes what was written. */
  readonly phase: 'hash' | 'write' | 'check'
  readonly doneBytes: number
  readonly totalBytes: number
}

/** A check of a model folder's text files, by file name, for a model with these ids; who serves text brings it along. */
export type TextValidator = (files: ReadonlyMap<string, Uint8Array>, model: TextModel) => void

export type TextModel = Pick<ModelConfig, 'vocabularySize' | 'eosTokenIds' | 'bosTokenId'>

export interface FolderOptions {
  /** Adds the adapter into the weights, rather than beside them at run time. */
  readonly merge: boolean
  /** Lets each token say whether the adapter counts. */
  readonly switched: boolean
  /** The model folder to make; a model folder that stands there is replaced. */
  readonly out: string
  readonly precision: Precision
  readonly modelId: string
  /** Throws where the text files cannot be served; asked before anything is written. */
  readonly validateText: TextValidator
  readonly onProgress: (progress: BuildProgress) => void
  readonly signal: AbortSignal | undefined
}

/** What decides what a build makes: equal plans give equal folders. */
type Plan = Pick<Manifest, 'modelId' | 'precision' | 'head' | 'source' | 'adapter' | 'builtWith'>

/**
 * Builds a model folder: graph, weights, tokenizer files and manifest. Atomic: until it is done, `out` stays as it was.
 * Where `out` was built from the same inputs before, it is left alone.
 * @throws Error naming what cannot be built and why; the signal's reason on abort.
 */
export async function buildFolder(
  source: ModelSource,
  adapter: Adapter | null,
  options: FolderOptions,
): Promise<Manifest> {
  const { out, precision, signal } = options
  assertPrecisionFits(precision, source)
  const existing = await existingModel(out)
  const config = await readConfig(source, adapter)
  if (config.head === 'score' && options.switched)
    throw new Error('a reward model is one model, not a pair: build it without --switched')
  const graph = buildGraph(config, new Weights(source.weights, adapter, options.merge), options)
  const texts = describeTexts(folderTextFiles(source))
  options.validateText(texts.files, config)

  const plan = await planBuild(source, adapter, config.head, options)
  if (existing !== null && samePlan(existing, plan) && (await isIntact(existing, options))) return existing

  return await replaceFolder(out, async (folder) => {
    const report = progressOf('write', graphDataBytes(graph), options)
    const names = { folder, graphFileName, dataFileName, producerVersion: builderVersion }
    await writeGraph(graph, { ...names, onBytes: report, signal })
    for (const [name, bytes] of texts.files) await writeFile(join(folder, name), bytes, { flush: true })
    const written = [graphFileName, dataFileName, ...texts.files.keys()].map((name) => join(folder, name))
    const files = await hashFiles(written, progressOf('check', await totalBytes(written), options), signal)
    const manifest = createManifest(plan, config, texts, files)
    await writeFile(join(folder, manifestFileName), `${JSON.stringify(manifest, null, 2)}\n`, { flush: true })
    signal?.throwIfAborted()
    return manifest
  })
}

/** What is built: an adapter can make a language model a reward model. */
async function readConfig(source: ModelSource, adapter: Adapter | null): Promise<ModelConfig> {
  const config = parseModelConfig(source.config, source.generationConfig)
  if (config.head === 'vocabulary' && !adapter?.isClassifier)
    return { ...config, tiedEmbeddings: await hasTiedHead(config, source.weights) }
  assertOneLabel(source.weights, adapter)
  return { ...config, head: 'score' }
}

/** The text files with what the manifest says of them. */
function describeTexts(files: ReadonlyMap<string, Uint8Array>) {
  const template = files.get(chatTemplateName)
  return {
    files,
    tokenizerFingerprint: tokenizerFingerprint(files.get('tokenizer.json') ?? new Uint8Array()),
    chatTemplateFingerprint: template === undefined ? null : sha256(new TextDecoder().decode(template)),
  }
}
type Texts = ReturnType<typeof describeTexts>

/** Whether every file at `out` is still the one that was built. Hashing is cheap beside a build. */
async function isIntact(existing: Manifest, options: FolderOptions): Promise<boolean> {
  const { out, signal } = options
  if (!(await isComplete(out, existing))) return false
  const paths = Object.keys(existing.files).map((name) => join(out, name))
  const found = await hashFiles(paths, progressOf('check', await totalBytes(paths), options), signal)
  return isDeepStrictEqual(found, existing.files)
}

async function planBuild(
  source: ModelSource,
  adapter: Adapter | null,
  head: HeadKind,
  options: FolderOptions,
): Promise<Plan> {
  const adapterFiles = adapter?.files ?? []
  const report = progressOf('hash', await totalBytes([...source.files, ...adapterFiles]), options)
  return {
    modelId: options.modelId,
    precision: options.precision,
    head,
    source: { kind: source.weights.kind, files: await hashFiles(source.files, report, options.signal) },
    adapter: adapter && {
      name: adapter.name,
      merged: options.merge,
      switched: options.switched,
      sha256: combinedHash(await hashFiles(adapterFiles, report, options.signal)),
    },
    builtWith: { builder: builderVersion },
  }
}

const samePlan = (existing: Manifest, plan: Plan) =>
  (Object.keys(plan) as (keyof Plan)[]).every((key) => isDeepStrictEqual(existing[key], plan[key]))

function createManifest(
  plan: Plan,
  config: ModelConfig,
  { tokenizerFingerprint, chatTemplateFingerprint }: Texts,
  files: Manifest['files'],
): Manifest {
  return {
    format: 1,
    ...plan,
    version: combinedHash(files),
    architecture: config.architecture,
    layers: config.layers,
    keyValueHeads: config.keyValueHeads,
    headSize: config.headSize,
    vocabularySize: config.vocabularySize,
    contextLength: config.contextLength,
    eosTokenIds: [...config.eosTokenIds],
    bosTokenId: config.bosTokenId,
    padTokenId: config.head === 'score' ? config.padTokenId : null,
    tokenizerFingerprint,
    chatTemplateFingerprint,
    files,
  }
}

/** A counter that tells `onProgress` the sum so far. */
function progressOf(phase: BuildProgress['phase'], totalBytes: number, { onProgress }: FolderOptions) {
  let doneBytes = 0
  return (bytes: number) => {
    doneBytes += bytes
    onProgress({ phase, doneBytes, totalBytes })
  }
}

async function totalBytes(paths: readonly string[]): Promise<number> {
  const sizes = await Promise.all(paths.map(async (path) => (await stat(path)).size))
  return sizes.reduce((sum, size) => sum + size, 0)
}
