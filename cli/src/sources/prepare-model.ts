import { basename } from 'node:path'
import { exportName, isGraphPath, loadManifest, type Precision } from '@tandem/models'
import type { Context } from '../context.js'
import { warnOfOtherBase } from './adapter-base.js'
import { buildCached } from './build-cached.js'
import { findSource, type Source } from './source.js'

/** A model to serve: a source, and what a LoRA adapter goes on. */
export interface ModelSource {
  readonly source: string
  /** Hugging Face folder or GGUF file under an adapter; left out, the pair's SFT model is. */
  readonly base?: string | undefined
  readonly precision?: Precision | undefined
}

/** Weights that an adapter can be put on. */
export interface AdapterBase {
  readonly source: string
  /** Stands for the content of `source`; left out, it is found from the files. */
  readonly identity?: string | undefined
}

/**
 * Makes a model ready that stands beside a pair.
 * @param label how messages name it, e.g. `--model amateur`
 * @param sft the weights of the pair's SFT model; null where they are built already or served elsewhere
 * @returns a model folder, or the `grpc://host:port` of a service
 * @throws Error telling what is wrong with the source and what to give instead
 */
export async function prepareModel(
  { source, base, precision }: ModelSource,
  label: string,
  sft: AdapterBase | null,
  context: Context,
): Promise<string> {
  const found = await findSource(source, label)
  if (found.kind !== 'adapter' && base !== undefined)
    throw new Error(`${label} has a base, ${base}, which a LoRA adapter alone goes on; ${source} is none`)
  if (found.kind !== 'adapter') return prepareWhole(found, precision, context)
  const weights = base === undefined ? sft : await findBase(base, label)
  if (weights === null)
    throw new Error(
      `${label} ${source} is a LoRA adapter, which goes on the weights of the SFT model, and these are built already or served elsewhere. ` +
        'Name the Hugging Face folder or GGUF file under it as its "base" in tandem.yaml',
    )
  await warnOfOtherBase(weights.source, found.path, context.output)
  return buildCached({ ...weights, adapter: found.path, precision, modelId: plainName(found.path) }, context)
}

/**
 * A model that is one source.
 * @returns as `prepareModel`
 */
export async function prepareWhole(
  source: Exclude<Source, { kind: 'adapter' }>,
  precision: Precision | undefined,
  context: Context,
): Promise<string> {
  if (source.kind === 'service') return `grpc://${source.address}`
  if (source.kind === 'model-folder') return assertPrecision(source.path, precision)
  return buildCached({ source: source.path, precision, modelId: plainName(source.path) }, context)
}

async function findBase(base: string, label: string): Promise<AdapterBase> {
  const found = await findSource(base, `${label}: base`)
  if (found.kind === 'checkpoint' || found.kind === 'gguf') return { source: found.path }
  throw new Error(`${label}: base ${base} is of kind "${found.kind}"; expected a Hugging Face folder or a .gguf file`)
}

/** What a model is called where nobody names it. */
export const plainName = (path: string) =>
  isGraphPath(path) ? exportName(path) : basename(path).replace(/\.gguf$/i, '')

async function assertPrecision(folder: string, precision: Precision | undefined): Promise<string> {
  const manifest = await loadManifest(folder)
  if (precision === undefined || manifest.precision === precision) return folder
  throw new Error(
    `${folder} was built with precision ${manifest.precision}, and --precision asks for ${precision}. ` +
      'Leave --precision out, or give the source that the folder was built from',
  )
}
