import { basename } from 'node:path'
import { type ChatMessage, defaultPairName, findPair, loadManifest, type Precision } from '@tandem/models'
import type { Context } from '../commands/context.js'
import { pullWeights } from '../pull/pull-weights.js'
import { warnOfOtherBase } from './adapter-base.js'
import { type BuildRequest, buildCached } from './build-cached.js'
import { findSource, type Source } from './source.js'

/** Which two models: `sft` and `dpo`, or a pair of the catalog, or neither, which means the catalog's own. */
export interface PairOptions {
  readonly sft?: string | undefined
  readonly dpo?: string | undefined
  readonly pair?: string | undefined
  readonly precision?: Precision | undefined
  /** The pair's name in the API. */
  readonly name?: string | undefined
  /** One process that holds both models: for adapters. */
  readonly paired?: boolean | undefined
}

/** Two model folders, ready to be served. */
export interface PreparedPair {
  readonly name: string
  readonly sft: string
  readonly dpo: string
  /** Whether both are one folder, whose adapter can be switched off. */
  readonly isPaired: boolean
  /** A conversation to try. */
  readonly demo: readonly ChatMessage[]
}

const plainDemo: readonly ChatMessage[] = [{ role: 'user', content: 'How do I stay calm in traffic?' }]

/**
 * Makes a pair ready: pulls what is not here, builds what is not built.
 * @throws Error telling what is wrong with a source and what to give instead
 */
export async function preparePair(options: PairOptions, context: Context): Promise<PreparedPair> {
  const { sft, dpo, pair } = options
  if (sft === undefined && dpo === undefined) return prepareCatalogPair(pair ?? defaultPairName, options, context)
  if (pair !== undefined)
    throw new Error('--pair names both models; give either --pair, or --sft and --dpo, not all of them')
  if (sft === undefined || dpo === undefined)
    throw new Error(
      `${sft === undefined ? '--sft' : '--dpo'} is missing; a pair is two models: give both --sft and --dpo, or --pair NAME`,
    )
  return prepareOwnPair(sft, dpo, options, context)
}

async function prepareCatalogPair(pairName: string, options: PairOptions, context: Context): Promise<PreparedPair> {
  const pair = findPair(pairName)
  const source = await pullWeights(pair, context)
  const precision = options.precision ?? pair.precision
  const build = (request: Pick<BuildRequest, 'modelId' | 'adapter' | 'switched'>) =>
    buildCached({ source, identity: pair.sft.sha256, precision, ...request }, context)
  const dpo = { modelId: `${pair.name}-dpo`, adapter: pair.adapter }
  const prepared = { name: options.name ?? pair.name, demo: pair.demo }
  if (options.paired) return together(await build({ ...dpo, switched: true }), prepared)
  const sft = await build({ modelId: `${pair.name}-sft` })
  return { ...prepared, sft, dpo: await build(dpo), isPaired: false }
}

async function prepareOwnPair(
  sftPath: string,
  dpoPath: string,
  { precision, name, paired }: PairOptions,
  context: Context,
): Promise<PreparedPair> {
  const sft = await findSource(sftPath, '--sft')
  const dpo = await findSource(dpoPath, '--dpo')
  assertFits(sft, dpo, sftPath, dpoPath)
  const folderOf = async (source: Source) => {
    if (source.kind === 'model-folder') return assertPrecision(source.path, precision)
    if (source.kind === 'adapter') await warnOfOtherBase(sft.path, source.path, context.output)
    const request = source.kind === 'adapter' ? { source: sft.path, adapter: source.path } : { source: source.path }
    return buildCached({ ...request, precision, modelId: plainName(source.path) }, context)
  }
  const prepared = { name: name ?? plainName(dpo.path), demo: plainDemo }
  if (dpo.kind === 'adapter' && paired) {
    await warnOfOtherBase(sft.path, dpo.path, context.output)
    const request = { source: sft.path, adapter: dpo.path, switched: true, precision, modelId: plainName(dpo.path) }
    return together(await buildCached(request, context), prepared)
  }
  if (paired)
    throw new Error(
      `--paired runs both models in one graph, which a LoRA adapter on the --sft allows alone; --dpo ${dpoPath} is none. Leave --paired out`,
    )
  return { ...prepared, sft: await folderOf(sft), dpo: await folderOf(dpo), isPaired: false }
}

const together = (folder: string, prepared: Pick<PreparedPair, 'name' | 'demo'>): PreparedPair => ({
  ...prepared,
  sft: folder,
  dpo: folder,
  isPaired: true,
})

const plainName = (path: string) => basename(path).replace(/\.gguf$/i, '')

function assertFits(sft: Source, dpo: Source, sftPath: string, dpoPath: string): void {
  if (sft.kind === 'adapter')
    throw new Error(
      `--sft ${sftPath} is a LoRA adapter, which needs a model under it. Build one first: ` +
        `"tandem build SOURCE --adapter ${sftPath} --merge --out FOLDER", then give --sft FOLDER`,
    )
  if (dpo.kind === 'adapter' && sft.kind === 'model-folder')
    throw new Error(
      `--dpo ${dpoPath} is a LoRA adapter and --sft ${sftPath} is built already; an adapter goes on the weights that it was trained on. ` +
        'Give as --sft the Hugging Face folder or GGUF file that the folder was built from',
    )
}

async function assertPrecision(folder: string, precision: Precision | undefined): Promise<string> {
  const manifest = await loadManifest(folder)
  if (precision === undefined || manifest.precision === precision) return folder
  throw new Error(
    `${folder} was built with precision ${manifest.precision}, and --precision asks for ${precision}. ` +
      'Leave --precision out, or give the source that the folder was built from',
  )
}
