import { type ChatMessage, defaultPairName, findPair, type Precision } from '@tandem/models'
import type { Context } from '../commands/context.js'
import { pullWeights } from '../pull/pull-weights.js'
import { warnOfOtherBase } from './adapter-base.js'
import { bringPair } from './bring-pair.js'
import { type BuildRequest, buildCached } from './build-cached.js'
import { type AdapterBase, plainName, prepareWhole } from './prepare-model.js'
import type { Source } from './source.js'

/**
 * Which two models: `sft` and `dpo`, or a LoRA adapter as `dpo` alone, which names its base; or a pair of the catalog; or neither,
 * which means the catalog's own.
 */
export interface PairOptions {
  readonly sft?: string | undefined
  readonly dpo?: string | undefined
  readonly pair?: string | undefined
  readonly precision?: Precision | undefined
  /** The pair's name in the API. */
  readonly name?: string | undefined
  /** One process that holds both models: for adapters. */
  readonly paired?: boolean | undefined
  /** How messages name a source; left out, `--sft` and `--dpo`. */
  readonly labelOf?: ((model: 'sft' | 'dpo') => string) | undefined
}

/** Two models, ready to be served. */
export interface PreparedPair {
  readonly name: string
  /** A model folder, or the `grpc://host:port` of a service that runs. */
  readonly sft: string
  /** The same. */
  readonly dpo: string
  /** Whether both are one folder, whose adapter can be switched off. */
  readonly isPaired: boolean
  /** What other adapters on the SFT model go on; null where its weights are not here. */
  readonly adapterBase: AdapterBase | null
  /** Tokens that end an answer besides the models' own. */
  readonly endTokens: readonly string[]
  /** A conversation to try. */
  readonly demo: readonly ChatMessage[]
}

/** The name in the API of a pair whose DPO model runs elsewhere. */
const servedName = 'pair'
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
  return prepareOwnPair(options, context)
}

async function prepareCatalogPair(pairName: string, options: PairOptions, context: Context): Promise<PreparedPair> {
  const pair = findPair(pairName)
  const source = await pullWeights(pair, context)
  const adapterBase = { source, identity: pair.sft.sha256 }
  const precision = options.precision ?? pair.precision
  const build = (request: Pick<BuildRequest, 'modelId' | 'adapter' | 'switched'>) =>
    buildCached({ ...adapterBase, precision, ...request }, context)
  const dpo = { modelId: `${pair.name}-dpo`, adapter: pair.adapter }
  const { endTokens, demo } = pair
  const prepared = { name: options.name ?? pair.name, adapterBase, endTokens, demo }
  if (options.paired) return together(await build({ ...dpo, switched: true }), prepared)
  const sft = await build({ modelId: `${pair.name}-sft` })
  return { ...prepared, sft, dpo: await build(dpo), isPaired: false }
}

async function prepareOwnPair(
  { precision, name, paired, labelOf = (model) => `--${model}`, ...texts }: PairOptions,
  context: Context,
): Promise<PreparedPair> {
  const parts = await bringPair(texts, labelOf, context)
  const [sft, dpo] = [parts.sft.source, parts.dpo.source]
  const base = sft.kind === 'checkpoint' || sft.kind === 'gguf' ? { source: sft.path } : null
  const prepared = {
    name: name ?? (dpo.kind === 'service' ? servedName : plainName(dpo.path)),
    adapterBase: base,
    endTokens: [],
    demo: plainDemo,
  }
  if (sft.kind === 'adapter')
    throw new Error(
      `${parts.sft.where} is a LoRA adapter, which needs a model under it. Build one first: ` +
        `"tandem build SOURCE --adapter ${parts.sft.text} --merge --out FOLDER", then give --sft FOLDER`,
    )
  if (dpo.kind !== 'adapter') {
    if (paired)
      throw new Error(
        `--paired runs both models in one graph, which a LoRA adapter on the --sft allows alone; ${parts.dpo.where} is none. Leave --paired out`,
      )
    const [first, second] = [await prepareWhole(sft, precision, context), await prepareWhole(dpo, precision, context)]
    return { ...prepared, sft: first, dpo: second, isPaired: false }
  }
  if (base === null)
    throw new Error(
      `${parts.dpo.where} is a LoRA adapter and ${parts.sft.where} is ${stateOf(sft)}; ` +
        'an adapter goes on the weights that it was trained on. Give as --sft the Hugging Face folder or GGUF file of these',
    )
  await warnOfOtherBase(base.source, dpo.path, context.output)
  const request = { ...base, adapter: dpo.path, precision, modelId: plainName(dpo.path) }
  if (paired) return together(await buildCached({ ...request, switched: true }, context), prepared)
  const folder = await prepareWhole(sft, precision, context)
  return { ...prepared, sft: folder, dpo: await buildCached(request, context), isPaired: false }
}

/** Why no adapter can be put on it. */
function stateOf({ kind }: Source): string {
  if (kind === 'service') return 'served elsewhere'
  return kind === 'export' ? 'an exported graph' : 'built already'
}

const together = (folder: string, prepared: Omit<PreparedPair, 'sft' | 'dpo' | 'isPaired'>): PreparedPair => ({
  ...prepared,
  sft: folder,
  dpo: folder,
  isPaired: true,
})
