import { dirname, resolve } from 'node:path'
import type { Precision } from '@tandem/models'
import { explainDiskErrors } from '../util/disk-error.js'
import { warnOfOtherBase } from '../sources/adapter-base.js'
import { resolveSource } from '../sources/resolve-source.js'
import { buildWithProgress } from '../sources/build-cached.js'
import { sumBytes } from '../util/sum-bytes.js'
import { megabytes } from '../util/table.js'
import type { Context } from '../context.js'

export interface BuildCommandOptions {
  readonly adapter?: string | undefined
  readonly merge?: boolean | undefined
  readonly switched?: boolean | undefined
  readonly out: string
  readonly precision?: Precision | undefined
  readonly name?: string | undefined
}

/** `tandem build`: turns a checkpoint, with an adapter where one is given, into a model folder. */
export async function build(source: string, options: BuildCommandOptions, context: Context): Promise<void> {
  const { adapter, merge, switched, out, precision, name } = options
  if (adapter === undefined && merge)
    throw new Error('--merge adds an adapter into the weights; give one with --adapter')
  if (switched && (adapter === undefined || merge))
    throw new Error('--switched keeps an adapter beside the weights: give one with --adapter, and leave --merge out')
  // The adapter first: it is small, and the source may have to be pulled.
  const onTop = adapter === undefined ? undefined : await bringAdapter(adapter, context)
  const found = await resolveSource(source, 'SOURCE', context)
  if (found.kind === 'service')
    throw new Error(`SOURCE ${source} is a service that runs; give the files that a model folder is made of`)
  if (found.kind === 'model-folder')
    throw new Error(
      `SOURCE ${source} is a model folder already; give what it was built from, or serve it with "tandem up"`,
    )
  if (found.kind === 'adapter')
    throw new Error(
      `SOURCE ${source} is a LoRA adapter; give the model under it as SOURCE, and this with --adapter ${source}`,
    )
  if (onTop !== undefined) await warnOfOtherBase(found.path, onTop, context.output)
  const request = { source: found.path, adapter: onTop, merge, switched, out, precision, modelId: name }
  const manifest = await explainDiskErrors(dirname(resolve(out)), '--out', () =>
    buildWithProgress({ ...request, signal: context.signal }, context),
  )
  const bytes = sumBytes(Object.values(manifest.files))
  context.answers.write(`${out}: ${manifest.modelId}, ${manifest.precision}, ${megabytes(bytes)}\n`)
}

async function bringAdapter(adapter: string, context: Context): Promise<string> {
  const found = await resolveSource(adapter, '--adapter', context)
  if (found.kind === 'adapter') return found.path
  throw new Error(`--adapter ${adapter} is not a LoRA adapter folder: it has no adapter_config.json`)
}
