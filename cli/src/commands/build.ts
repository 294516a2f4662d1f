import { dirname, resolve } from 'node:path'
import type { Precision } from '@tandem/models'
import type { Context } from '../context.js'
import { warnOfOtherBase } from '../sources/adapter-base.js'
import { buildWithProgress } from '../sources/build-cached.js'
import { warnOfEndTokens } from '../sources/end-tokens.js'
import { resolveSource, resolveSourcePath } from '../sources/resolve-source.js'
import { findAdapter } from '../sources/source.js'
import { explainDiskErrors } from '../util/disk-error.js'
import { sumBytes } from '../util/sum-bytes.js'
import { megabytes } from '../util/table.js'

/** The options of `tandem build`. */
export interface BuildCommandOptions {
  readonly adapter?: string | undefined
  /** A factor of the scale of `adapter`. */
  readonly adapterScale?: number | undefined
  readonly merge?: boolean | undefined
  readonly switched?: boolean | undefined
  readonly out: string
  readonly precision?: Precision | undefined
  readonly name?: string | undefined
}

/**
 * `tandem build`: turns a checkpoint, with or without an adapter, into a model folder.
 * @throws Error saying what is wrong with an option or a source
 */
export async function build(source: string, options: BuildCommandOptions, context: Context): Promise<void> {
  const { adapter, adapterScale, merge, switched, out, precision, name } = options
  if (adapter === undefined && adapterScale !== undefined)
    throw new Error('--adapter-scale is the scale of an adapter: give the adapter with --adapter')
  if (adapter === undefined && merge)
    throw new Error('--merge adds an adapter into the weights: give the adapter with --adapter')
  if (switched && (adapter === undefined || merge))
    throw new Error('--switched keeps an adapter separate from the weights: give it with --adapter, and remove --merge')
  // The adapter first: it is small, and the source may be a long download.
  const adapterPath = adapter === undefined ? undefined : await resolveAdapter(adapter, context)
  const found = await resolveSource(source, 'SOURCE', context)
  if (found.kind === 'service')
    throw new Error(`SOURCE ${source} is a running service: give the files that a model folder is built from`)
  if (found.kind === 'model-folder')
    throw new Error(
      `SOURCE ${source} is already a model folder: give what it was built from, or serve it with "tandem up"`,
    )
  if (found.kind === 'adapter')
    throw new Error(
      `SOURCE ${source} is a LoRA adapter: give its base model as SOURCE, and the adapter with --adapter ${source}`,
    )
  if (adapterPath !== undefined) await warnOfOtherBase(found.path, adapterPath, context.output)
  const built = { source: found.path, adapter: adapterPath, adapterScale, merge, switched }
  const request = { ...built, out, precision, modelId: name }
  const manifest = await explainDiskErrors(dirname(resolve(out)), '--out', () =>
    buildWithProgress({ ...request, signal: context.signal }, context),
  )
  await warnOfEndTokens(out, context.output)
  const bytes = sumBytes(Object.values(manifest.files))
  context.answers.write(`${out}: ${manifest.modelId}, ${manifest.precision}, ${megabytes(bytes)}\n`)
}

const resolveAdapter = async (adapter: string, context: Context): Promise<string> =>
  findAdapter(await resolveSourcePath(adapter, '--adapter', context), '--adapter', adapter)
