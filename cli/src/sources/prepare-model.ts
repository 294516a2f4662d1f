import { basename } from 'node:path'
import { type BuildOptions, exportName, isGraphPath } from '@tandem/models'
import { loadManifest, type Precision } from '@tandem/models/folder'
import type { Context } from '../context.js'
import { toServiceSource } from '../source-text/service-address.js'
import { warnOfOtherBase } from './adapter-base.js'
import { buildCached } from './build-cached.js'
import { warnOfEndTokens } from './end-tokens.js'
import { findSource, type Source } from './source.js'
import { scaleWithoutAdapter } from './validate-sources.js'

/** A model to serve: a source, and the base of a LoRA adapter. */
export interface ModelSource {
  readonly source: string
  /**
   * Hugging Face folder or GGUF file that an adapter is applied to. Default: the pair's SFT model.
   */
  readonly base?: string | undefined
  readonly precision?: Precision | undefined
  /** A factor of an adapter's own scale. Default: 1. */
  readonly adapter_scale?: number | undefined
}

/** Weights that an adapter can be applied to. */
export interface AdapterBase {
  readonly source: string
  /** Identifies the content of `source`. Default: it is found from the files. */
  readonly identity?: string | undefined
}

/** The head that a model must have: `score` of a reward model, `vocabulary` of a language model. */
type Head = NonNullable<BuildOptions['head']>

/**
 * Prepares an additional model.
 * @param head the kind of model: another one is refused before it is built
 * @param label the name of the model in messages, e.g. `--model amateur`
 * @param sft the weights of the pair's SFT model; null if they are not available
 * @returns a model folder, or the `grpc://host:port` of a service
 * @throws Error saying what is wrong with the source and what to give instead
 */
export async function prepareModel(
  { source, base, precision, adapter_scale: adapterScale }: ModelSource,
  head: Head,
  label: string,
  sft: AdapterBase | null,
  context: Context,
): Promise<string> {
  const found = await findSource(source, label)
  if (found.kind !== 'adapter' && base !== undefined)
    throw new Error(
      `${label} has the base ${base}, but only a LoRA adapter has a base, and ${source} is not one. Remove the base`,
    )
  if (found.kind !== 'adapter' && adapterScale !== undefined)
    throw scaleWithoutAdapter(`${label}: adapter_scale`, adapterScale, source)
  if (found.kind !== 'adapter') return prepareFullModel(found, { precision, head }, context)
  const weights = base === undefined ? sft : await findBase(base, label)
  if (weights === null)
    throw new Error(
      `${label} ${source} is a LoRA adapter for the SFT model, ` +
        'whose weights are not available (it is already built, or a running service). ' +
        'Give the Hugging Face folder or GGUF file of its base as "base" in tandem.yaml',
    )
  await warnOfOtherBase(weights.source, found.path, context.output)
  return buildCached(
    { ...weights, adapter: found.path, adapterScale, precision, head, modelId: plainName(found.path) },
    context,
  )
}

/**
 * Prepares a full model.
 * @returns as `prepareModel`
 * @throws Error if a model folder has another precision than requested, or the build fails
 */
export async function prepareFullModel(
  source: Exclude<Source, { kind: 'adapter' }>,
  { precision, head }: { readonly precision: Precision | undefined; readonly head: Head },
  context: Context,
): Promise<string> {
  if (source.kind === 'service') return toServiceSource(source.addresses)
  if (source.kind === 'model-folder') {
    await assertPrecision(source.path, precision)
    await warnOfEndTokens(source.path, context.output)
    return source.path
  }
  return buildCached({ source: source.path, precision, head, modelId: plainName(source.path) }, context)
}

async function findBase(base: string, label: string): Promise<AdapterBase> {
  const found = await findSource(base, `${label}: base`)
  if (found.kind === 'checkpoint' || found.kind === 'gguf') return { source: found.path }
  throw new Error(`${label}: base ${base} is of kind "${found.kind}"; expected a Hugging Face folder or a .gguf file`)
}

/** Returns the name of a model without a given name. */
export const plainName = (path: string) =>
  isGraphPath(path) ? exportName(path) : basename(path).replace(/\.gguf$/i, '')

async function assertPrecision(folder: string, precision: Precision | undefined): Promise<void> {
  const manifest = await loadManifest(folder)
  if (precision === undefined || manifest.precision === precision) return
  throw new Error(
    `${folder} was built with precision ${manifest.precision}, and --precision is ${precision}. ` +
      'Remove --precision, or give the source that the folder was built from',
  )
}
