import { stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import type { ModelConfig } from '../config.js'
import { type Manifest, manifestFileName } from '../manifest.js'
import { withEndTokens } from './end-tokens.js'
import { tokenizerFingerprint } from './fingerprint.js'
import { combinedHash, hashFiles, sha256 } from './hash.js'
import { existingModel, isComplete, replaceFolder } from './output-folder.js'
import { chatTemplateName, folderTextFiles } from './text-files.js'

/** Version of the builder. It rises when the same inputs would give other files. */
export const builderVersion = '8'

/** The progress of a build. */
export interface BuildProgress {
  /** `hash` reads the sources, `write` writes the graph, `check` hashes the written files. */
  readonly phase: 'hash' | 'write' | 'check'
  readonly doneBytes: number
  readonly totalBytes: number
}

/**
 * Checks the text files of a model folder, by file name, for a model with these ids. The gateway
 * provides it.
 */
export type TextValidator = (files: ReadonlyMap<string, Uint8Array>, model: TextModel) => void

/** The part of a model's config that its text files must fit. */
export type TextModel = Pick<ModelConfig, 'vocabularySize' | 'eosTokenIds' | 'bosTokenId'>

/** The options that all model folders have. */
export interface FolderOptions {
  /** The path of the new model folder. An existing model folder is replaced. */
  readonly out: string
  readonly modelId: string
  /** The head that the model must have. Default: either. */
  readonly head: Manifest['head'] | undefined
  /** Throws if the text files cannot be served. Called before anything is written. */
  readonly validateText: TextValidator
  readonly onProgress: (progress: BuildProgress) => void
  readonly signal: AbortSignal | undefined
}

/** The files of a graph and how to write them. */
export interface GraphFiles {
  readonly names: readonly string[]
  /** Number of bytes that `write` will report. */
  readonly bytes: number
  write(folder: string, onBytes: (bytes: number) => void, signal: AbortSignal | undefined): Promise<void>
}

/** The content of a model folder. */
export interface FolderContent {
  readonly model: Readonly<
    TextModel &
      Pick<Manifest, 'architecture' | 'head' | 'layers' | 'keyValueHeads' | 'headSize' | 'contextLength' | 'padTokenId'>
  >
  readonly exportedGraph: Manifest['exportedGraph']
  readonly precision: Manifest['precision']
  readonly texts: Parameters<typeof folderTextFiles>[0]
  readonly source: { readonly kind: Manifest['source']['kind']; readonly files: readonly string[] }
  readonly adapter: AdapterContent | null
  readonly graph: GraphFiles
}

/** The adapter of a model folder and its files. */
export type AdapterContent = Omit<NonNullable<Manifest['adapter']>, 'sha256'> & { readonly files: readonly string[] }

/** The inputs that determine a model folder: equal plans give equal folders. */
type Plan = Pick<Manifest, 'modelId' | 'precision' | 'head' | 'source' | 'adapter' | 'builtWith'>

/** What a model is, by its head. */
const kinds: Readonly<Record<Manifest['head'], string>> = { vocabulary: 'a language model', score: 'a reward model' }

/** Refuses a model of the other kind before its weights are written, which may take minutes. */
function assertHead(head: Manifest['head'], { head: expected, modelId }: FolderOptions): void {
  if (expected === undefined || head === expected) return
  const hint =
    expected === 'score'
      ? 'an architecture that ends in ForSequenceClassification (config.json), or a LoRA adapter of task_type SEQ_CLS'
      : 'reward models are given as --reward NAME=SOURCE'
  throw new Error(`${modelId} is ${kinds[head]}: expected ${kinds[expected]} (${hint})`)
}

/**
 * Makes a model folder: graph, weights, tokenizer files and manifest. Atomic: `out` does not change
 * until the new folder is complete. A folder that was built from the same inputs is kept.
 * @throws Error with the part that cannot be built and the reason; the signal's reason on abort
 */
export async function makeModelFolder(given: FolderContent, options: FolderOptions): Promise<Manifest> {
  const { out, signal } = options
  assertHead(given.model.head, options)
  const existing = await existingModel(out)
  const texts = describeTexts(folderTextFiles(given.texts))
  const content = { ...given, model: withEndTokens(given.model, texts.files) }
  options.validateText(texts.files, content.model)

  const plan = await planFolder(content, options)
  if (existing !== null && samePlan(existing, plan) && (await isIntact(existing, options))) return existing

  return await replaceFolder(out, async (folder) => {
    await content.graph.write(folder, progressOf('write', content.graph.bytes, options), signal)
    for (const [name, bytes] of texts.files) await writeFile(join(folder, name), bytes, { flush: true })
    const written = [...content.graph.names, ...texts.files.keys()].map((name) => join(folder, name))
    const files = await hashFiles(written, progressOf('check', await totalBytes(written), options), signal)
    const manifest = createManifest(plan, content, texts, files)
    await writeFile(join(folder, manifestFileName), `${JSON.stringify(manifest, null, 2)}\n`, { flush: true })
    signal?.throwIfAborted()
    return manifest
  })
}

/** Returns the text files and their fingerprints for the manifest. */
function describeTexts(files: ReadonlyMap<string, Uint8Array>) {
  const template = files.get(chatTemplateName)
  return {
    files,
    tokenizerFingerprint: tokenizerFingerprint(files.get('tokenizer.json') ?? new Uint8Array()),
    chatTemplateFingerprint: template === undefined ? null : sha256(new TextDecoder().decode(template)),
  }
}
type Texts = ReturnType<typeof describeTexts>

/**
 * Returns whether every file at `out` is unchanged since its build. Hashing is cheap compared with
 * a build.
 */
async function isIntact(existing: Manifest, options: FolderOptions): Promise<boolean> {
  const { out, signal } = options
  if (!(await isComplete(out, existing))) return false
  const paths = Object.keys(existing.files).map((name) => join(out, name))
  const found = await hashFiles(paths, progressOf('check', await totalBytes(paths), options), signal)
  return isDeepStrictEqual(found, existing.files)
}

async function planFolder({ source, adapter, precision, model }: FolderContent, options: FolderOptions): Promise<Plan> {
  const adapterFiles = adapter?.files ?? []
  const report = progressOf('hash', await totalBytes([...source.files, ...adapterFiles]), options)
  return {
    modelId: options.modelId,
    precision,
    head: model.head,
    source: { kind: source.kind, files: await hashFiles(source.files, report, options.signal) },
    adapter: adapter && {
      name: adapter.name,
      merged: adapter.merged,
      scale: adapter.scale,
      switched: adapter.switched,
      sha256: combinedHash(await hashFiles(adapterFiles, report, options.signal)),
    },
    builtWith: { builder: builderVersion },
  }
}

const samePlan = (existing: Manifest, plan: Plan) =>
  (Object.keys(plan) as (keyof Plan)[]).every((key) => isDeepStrictEqual(existing[key], plan[key]))

function createManifest(
  plan: Plan,
  { model, exportedGraph }: FolderContent,
  { tokenizerFingerprint, chatTemplateFingerprint }: Texts,
  files: Manifest['files'],
): Manifest {
  return {
    format: 1,
    ...plan,
    version: combinedHash(files),
    architecture: model.architecture,
    exportedGraph,
    layers: model.layers,
    keyValueHeads: model.keyValueHeads,
    headSize: model.headSize,
    vocabularySize: model.vocabularySize,
    contextLength: model.contextLength,
    eosTokenIds: [...model.eosTokenIds],
    bosTokenId: model.bosTokenId,
    padTokenId: model.head === 'score' ? model.padTokenId : null,
    tokenizerFingerprint,
    chatTemplateFingerprint,
    files,
  }
}

/** Returns a counter that reports the sum of its bytes to `onProgress`. */
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
