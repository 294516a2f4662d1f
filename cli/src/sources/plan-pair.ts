import { type CatalogPair, type ChatMessage, defaultPairName, findPair, type Precision } from '@tandem/models'
import type { Context } from '../context.js'
import { weightsPath } from '../pull/pull-weights.js'
import { warnOfOtherBase } from './adapter-base.js'
import { resolvePair } from './resolve-pair.js'
import type { BuildRequest } from './build-cached.js'
import { type AdapterBase, plainName } from './prepare-model.js'
import type { Source } from './source.js'
import { validatePair } from './validate-sources.js'

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
  /** How messages name a source; left out, `--sft` and `--dpo`. */
  readonly labelOf?: ((model: 'sft' | 'dpo') => string) | undefined
}

/** What the gateway and people are told of a pair. */
export interface PairDescription {
  readonly name: string
  /** What other adapters on the SFT model go on; null where its weights are not here. */
  readonly adapterBase: AdapterBase | null
  /** Tokens that end an answer besides the models' own. */
  readonly endTokens: readonly string[]
  /** A conversation to try. */
  readonly demo: readonly ChatMessage[]
}

/** What a pair is made of, before anything is pulled or built. */
export type PairPlan = AdapterPlan | WholePlan

/** The DPO model is an adapter on the SFT model, whose weights are here or can be pulled. */
export interface AdapterPlan {
  readonly kind: 'adapter'
  readonly described: PairDescription
  readonly sft: BuildRequest
  readonly dpo: BuildRequest
  /** Both models in one folder, whose adapter can be switched off. */
  readonly both: BuildRequest
  /** Whose weights are pulled first. */
  readonly catalogPair: CatalogPair | null
}

/** Two sources, neither of which needs the other. */
export interface WholePlan {
  readonly kind: 'whole'
  readonly described: PairDescription
  readonly sft: WholeSource
  readonly dpo: WholeSource
  readonly precision: Precision | undefined
  /** How messages name the DPO model: "--dpo path". */
  readonly dpoTitle: string
}

type WholeSource = Exclude<Source, { kind: 'adapter' }>

/** The name in the API of a pair whose DPO model runs elsewhere. */
const servedName = 'pair'
const flagOf = (model: 'sft' | 'dpo') => `--${model}`
const plainDemo: readonly ChatMessage[] = [{ role: 'user', content: 'How do I stay calm in traffic?' }]

/**
 * Finds what a pair is made of, pulling what is on the hub. Builds nothing.
 * @throws Error telling what is wrong with a source and what to give instead
 */
export async function planPair(options: PairOptions, context: Context): Promise<PairPlan> {
  const { sft, dpo, pair } = options
  validatePair(options, options.labelOf ?? flagOf)
  if (sft === undefined && dpo === undefined) return planCatalogPair(pair ?? defaultPairName, options, context)
  return planOwnPair(options, context)
}

function planCatalogPair(
  pairName: string,
  { precision, name }: PairOptions,
  { home }: Pick<Context, 'home'>,
): AdapterPlan {
  const pair = findPair(pairName)
  const adapterBase = { source: weightsPath(pair, home), identity: pair.sft.sha256 }
  const sft = { ...adapterBase, precision: precision ?? pair.precision, modelId: `${pair.name}-sft` }
  const dpo = { ...sft, modelId: `${pair.name}-dpo`, adapter: pair.adapter }
  const { endTokens, demo } = pair
  const described = { name: name ?? pair.name, adapterBase, endTokens, demo }
  return { kind: 'adapter', described, sft, dpo, both: { ...dpo, switched: true }, catalogPair: pair }
}

async function planOwnPair(
  { precision, name, labelOf = flagOf, ...texts }: PairOptions,
  context: Context,
): Promise<PairPlan> {
  const parts = await resolvePair(texts, labelOf, context)
  const [sft, dpo] = [parts.sft.source, parts.dpo.source]
  const base = sft.kind === 'checkpoint' || sft.kind === 'gguf' ? { source: sft.path } : null
  const described = {
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
  if (dpo.kind !== 'adapter') return { kind: 'whole', described, sft, dpo, precision, dpoTitle: parts.dpo.where }
  if (base === null)
    throw new Error(
      `${parts.dpo.where} is a LoRA adapter and ${parts.sft.where} is ${stateOf(sft)}; ` +
        'an adapter goes on the weights that it was trained on. Give as --sft the Hugging Face folder or GGUF file of these',
    )
  await warnOfOtherBase(base.source, dpo.path, context.output)
  const whole = { ...base, precision, modelId: plainName(base.source) }
  const adapted = { ...whole, adapter: dpo.path, modelId: plainName(dpo.path) }
  const both = { ...adapted, switched: true }
  return { kind: 'adapter', described, sft: whole, dpo: adapted, both, catalogPair: null }
}

/** Why no adapter can be put on it. */
function stateOf({ kind }: Source): string {
  if (kind === 'service') return 'served elsewhere'
  return kind === 'export' ? 'an exported graph' : 'built already'
}
