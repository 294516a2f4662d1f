import { basename, resolve } from 'node:path'
import { buildExport } from './build/build-export.js'
import { buildFolder } from './build/build-folder.js'
import type { BuildProgress, FolderOptions, TextModel, TextValidator } from './build/model-folder.js'
import type { Manifest, Precision } from './manifest.js'
import { defaultPrecision } from './precision.js'
import { exportName, findExport } from './read/onnx/find-export.js'
import { openExport } from './read/onnx/open-export.js'
import { openAdapter, openModelSource } from './read/open.js'

export type { BuildProgress, TextModel, TextValidator }

export interface BuildOptions {
  /** A Hugging Face folder, a .gguf file, or a graph that another program exported: the .onnx file or its folder. */
  readonly source: string
  /** A PEFT LoRA folder that changes the source. */
  readonly adapter?: string | undefined
  /** Adds the adapter into the weights; left out, it is computed beside them at run time. */
  readonly merge?: boolean | undefined
  /** Lets each token say at run time whether the adapter counts: one folder is then both models of a pair. Not with `merge`. */
  readonly switched?: boolean | undefined
  /** The model folder to make; a model folder that stands there is replaced. */
  readonly out: string
  /** Left out: `defaultPrecision`. */
  readonly precision?: Precision | undefined
  /** Left out: the name of the adapter, else of the source. */
  readonly modelId?: string | undefined
  /** Throws where the text files cannot be served; left out, they need only be tokenizer files that parse. */
  readonly validateText?: TextValidator | undefined
  readonly onProgress?: ((progress: BuildProgress) => void) | undefined
  readonly signal?: AbortSignal | undefined
}

/**
 * Builds a model folder from files. Atomic; where `out` was built from the same inputs before, it is left alone.
 * @throws Error naming what cannot be built and why; the signal's reason on abort.
 */
export async function buildModel(options: BuildOptions): Promise<Manifest> {
  const { signal, merge = false, switched = false } = options
  if (switched && (merge || options.adapter === undefined))
    throw new Error('a switched adapter is one that stays beside the weights: give an adapter, and do not merge it')
  const graph = await findExport(options.source)
  if (graph !== null) return buildExported(graph, options)
  const source = await openModelSource(options.source, signal)
  try {
    const adapter = options.adapter === undefined ? null : await openAdapter(options.adapter, source)
    const modelId = adapter?.name ?? basename(resolve(options.source)).replace(/\.gguf$/i, '')
    const precision = options.precision ?? defaultPrecision(source)
    return await buildFolder(source, adapter, { ...folderOptions(options, modelId), merge, switched, precision })
  } finally {
    await source.weights.close()
  }
}

/** Weights inside of a graph stay as they are. */
async function buildExported(graph: string, options: BuildOptions): Promise<Manifest> {
  const { adapter, precision } = options
  if (adapter !== undefined)
    throw new Error(
      `${graph} is an exported graph, which takes no adapter; put ${adapter} on the safetensors checkpoint or GGUF file of the same model`,
    )
  if (precision !== undefined)
    throw new Error(
      `${graph} is an exported graph, whose precision is what it was exported in, not ${precision}; ` +
        'name another .onnx file, or give the safetensors checkpoint or a GGUF file of the same model',
    )
  return buildExport(await openExport(graph), folderOptions(options, exportName(resolve(graph))))
}

const folderOptions = (options: BuildOptions, modelId: string): FolderOptions => ({
  out: options.out,
  modelId: options.modelId ?? modelId,
  validateText: options.validateText ?? (() => {}),
  onProgress: options.onProgress ?? (() => {}),
  signal: options.signal,
})
