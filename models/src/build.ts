import { basename, resolve } from 'node:path'
import { type BuildProgress, buildFolder, type TextModel, type TextValidator } from './build/build-folder.js'
import type { Manifest, Precision } from './manifest.js'
import { defaultPrecision } from './precision.js'
import { openAdapter, openModelSource } from './read/open.js'

export type { BuildProgress, TextModel, TextValidator }

export interface BuildOptions {
  /** A Hugging Face folder or a .gguf file. */
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
  const source = await openModelSource(options.source, signal)
  try {
    const adapter = options.adapter === undefined ? null : await openAdapter(options.adapter, source)
    return await buildFolder(source, adapter, {
      out: options.out,
      merge,
      switched,
      precision: options.precision ?? defaultPrecision(source),
      modelId: options.modelId ?? adapter?.name ?? basename(resolve(options.source)).replace(/\.gguf$/i, ''),
      validateText: options.validateText ?? (() => {}),
      onProgress: options.onProgress ?? (() => {}),
      signal,
    })
  } finally {
    await source.weights.close()
  }
}
