import { basename, resolve } from 'node:path'
import { assertAdapterScale } from './adapter-scale.js'
import type { ModelConfig } from './config.js'
import { buildExport } from './folder/build-export.js'
import { buildFolder } from './folder/build-folder.js'
import type { BuildProgress, FolderOptions, TextModel, TextValidator } from './folder/model-folder.js'
import type { Manifest, Precision } from './manifest.js'
import { defaultPrecision } from './precision.js'
import { exportName, findExport } from './read/onnx/find-export.js'
import { openExport } from './read/onnx/open-export.js'
import { openAdapter, openModelSource } from './read/open.js'

export type { BuildProgress, TextModel, TextValidator }

/** The inputs of `buildModel`. */
export interface BuildOptions {
  /** A Hugging Face folder, a .gguf file, or an exported graph: the .onnx file or its folder. */
  readonly source: string
  /** The folder of a PEFT LoRA adapter for the source. */
  readonly adapter?: string | undefined
  /** A factor of the adapter's own scale (lora_alpha / rank). Default: 1, as it was trained. */
  readonly adapterScale?: number | undefined
  /**
   * Merges the adapter into the weights. By default the graph computes the adapter separately at
   * run time.
   */
  readonly merge?: boolean | undefined
  /**
   * Adds a graph input that switches the adapter on or off for each token, so that one folder
   * serves both models of a pair. Not together with `merge`.
   */
  readonly switched?: boolean | undefined
  /** The path of the new model folder. An existing model folder is replaced. */
  readonly out: string
  /** Default: `defaultPrecision` of the source. */
  readonly precision?: Precision | undefined
  /**
   * The head that the model must have: `score` of a reward model, `vocabulary` of a language model.
   * Another one is refused before anything is written. Default: either.
   */
  readonly head?: ModelConfig['head'] | undefined
  /** Default: the name of the adapter, or of the source without one. */
  readonly modelId?: string | undefined
  /**
   * Throws if the text files cannot be served. By default they only need to be valid tokenizer
   * files.
   */
  readonly validateText?: TextValidator | undefined
  readonly onProgress?: ((progress: BuildProgress) => void) | undefined
  readonly signal?: AbortSignal | undefined
}

/**
 * Builds a model folder from files. The build is atomic. A folder that was built from the same
 * inputs is kept.
 * @throws Error with the part that cannot be built and the reason; the signal's reason on abort
 */
export async function buildModel(options: BuildOptions): Promise<Manifest> {
  const { signal, merge = false, switched = false } = options
  if (switched && (merge || options.adapter === undefined))
    throw new Error('switched needs an adapter that is not merged: give an adapter, and do not merge it')
  assertScale(options)
  const graph = await findExport(options.source)
  if (graph !== null) return buildExported(graph, options)
  const source = await openModelSource(options.source, signal)
  try {
    const adapter =
      options.adapter === undefined ? null : await openAdapter(options.adapter, source, options.adapterScale)
    const modelId = adapter?.name ?? basename(resolve(options.source)).replace(/\.gguf$/i, '')
    const precision = options.precision ?? defaultPrecision(source)
    return await buildFolder(source, adapter, { ...folderOptions(options, modelId), merge, switched, precision })
  } finally {
    await source.weights.close()
  }
}

function assertScale({ adapter, adapterScale }: BuildOptions): void {
  if (adapterScale === undefined) return
  assertAdapterScale(adapterScale, 'adapterScale')
  if (adapter === undefined) throw new Error('adapterScale is the scale of an adapter: give an adapter too')
}

/** Builds a model folder from an exported graph. Its weights cannot be changed. */
async function buildExported(graph: string, options: BuildOptions): Promise<Manifest> {
  const { adapter, precision } = options
  if (adapter !== undefined)
    throw new Error(
      `${graph} is an exported graph, and an adapter needs weights: ` +
        `apply ${adapter} to the safetensors checkpoint or the GGUF file of the same model`,
    )
  if (precision !== undefined)
    throw new Error(
      `${graph} is an exported graph, and its precision cannot be changed to ${precision}: ` +
        'give another .onnx file, or the safetensors checkpoint or a GGUF file of the same model',
    )
  return buildExport(await openExport(graph), folderOptions(options, exportName(resolve(graph))))
}

const folderOptions = (options: BuildOptions, modelId: string): FolderOptions => ({
  out: options.out,
  modelId: options.modelId ?? modelId,
  head: options.head,
  validateText: options.validateText ?? (() => {}),
  onProgress: options.onProgress ?? (() => {}),
  signal: options.signal,
})
