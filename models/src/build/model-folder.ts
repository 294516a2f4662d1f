import { stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import type { ModelConfig } from '../config.js'
import { type Manifest, manifestFileName } from '../manifest.js'
import { tokenizerFingerprint } from './fingerprint.js'
import { combinedHash, hashFiles, sha256 } from './hash.js'
import { existingModel, isComplete, replaceFolder } from './output-folder.js'
import { chatTemplateName, folderTextFiles } from './text-files.js'

/** Rises whenever the same inputs would give other files. */
export const builderVersion = '7'

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
  /** The model folder to make; a model folder that stands there is replaced. */
  readonly out: string
  readonly modelId: string
  /** Throws where the text files cannot be served; asked before anything is written. */
  readonly validateText: TextValidator
  readonly onProgress: (progress: BuildProgress) => void
  readonly signal: AbortSignal | undefined
}

/** What a graph is and how its files come about. */
export interface GraphFiles {
  readonly names: readonly string[]
  /** That `write` will report. */
  readonly bytes: number
  write(folder: string, onBytes: (bytes: number) => void, signal: AbortSignal | undefined): Promise<void>
}

/** All that a model folder is made of. */
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

export type AdapterContent = Omit<NonNullable<Manifest['adapter']>, 'sha256'> & { readonly files: readonly string[] }

/** What decides what a build makes: equal plans give equal folders. */
type Plan = Pick<Manifest, 'modelId' | 'precision' | 'head' | 'source' | 'adapter' | 'builtWith'>

/**
 * Makes a model folder: graph, weights, tokenizer files and manifest. Atomic: until it is done, `out` stays as it was.
 * Where `out` was built from the same inputs before, it is left alone.
 * @throws Error naming what cannot be built and why; the signal's reason on abort.
 */
export async function makeModelFolder(content: FolderContent, options: FolderOptions): Promise<Manifest> {
  const { out, signal } = options
  const existing = await existingModel(out)
  const texts = describeTexts(folderTextFiles(content.texts))
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
