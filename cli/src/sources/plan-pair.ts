import type { ChatMessage } from '@tandem/models'
import { type CatalogPair, defaultPairName, findPair } from '@tandem/models/catalog'
import type { Precision } from '@tandem/models/folder'
import { flagNames } from '../config/settings.js'
import type { Context } from '../context.js'
import { weightsPath } from '../pull/pull-weights.js'
import { warnOfOtherBase } from './adapter-base.js'
import { checkAdapterTexts } from './adapter-texts.js'
import type { BuildRequest } from './build-cached.js'
import { type AdapterBase, plainName } from './prepare-model.js'
import { resolvePair } from './resolve-pair.js'
import type { Source } from './source.js'
import { type PairLabels, scaleWithoutAdapter, validatePair } from './validate-sources.js'

/**
 * The two models of a pair: `sft` and `dpo`; or only `dpo`, a LoRA adapter that names its base; or
 * a pair of the catalog. Without any of them it is the default pair of the catalog.
 */
export interface PairOptions {
  readonly sft?: string | undefined
  readonly dpo?: string | undefined
  readonly pair?: string | undefined
  readonly precision?: Precision | undefined
  /** A factor of the adapter's own scale. Default: 1. */
  readonly adapter_scale?: number | undefined
  /** The name of the pair in the API. */
  readonly name?: string | undefined
  /** The model whose chat template is used. Default: `dpo`. */
  readonly template_from?: 'dpo' | 'sft' | undefined
  /** Returns the name of a setting in messages. Default: its flag. */
  readonly labelOf?: PairLabels | undefined
}

/** The properties of a pair that do not depend on its files. */
export interface PairDescription {
  /** The name of the pair in the API. */
  readonly name: string
  /** The weights of the SFT model, for other adapters on them; null if they are not available. */
  readonly adapterBase: AdapterBase | null
  /** Tokens that end an answer in addition to the models' own. */
  readonly endTokens: readonly string[]
  /** A conversation to try out. */
  readonly demo: readonly ChatMessage[]
}

/** The parts of a pair, before its weights are built. */
export type PairPlan = AdapterPlan | FullPlan

/** A pair whose DPO model is an adapter on the SFT model. */
export interface AdapterPlan {
  readonly kind: 'adapter'
  readonly described: PairDescription
  readonly sft: BuildRequest
  readonly dpo: BuildRequest
  /** Both models in one folder with an adapter that can be switched off. */
  readonly both: BuildRequest
  /** Why the two cannot be in one folder; null if they can. */
  readonly pairedRefusal: string | null
  /** The pair of the catalog whose weights must be pulled first; null for own models. */
  readonly catalogPair: CatalogPair | null
}

/** A pair of two full models. */
export interface FullPlan {
  readonly kind: 'full'
  readonly described: PairDescription
  readonly sft: FullSource
  readonly dpo: FullSource
  readonly precision: Precision | undefined
  /** The DPO model in messages: "--dpo path". */
  readonly dpoTitle: string
}

type FullSource = Exclude<Source, { kind: 'adapter' }>

/** The name in the API of a pair whose DPO model is a running service. */
const servedName = 'pair'
const flagOf: PairLabels = (key) => flagNames[key] ?? key
const plainDemo: readonly ChatMessage[] = [{ role: 'user', content: 'How do I stay calm in traffic?' }]

/**
 * Finds the parts of a pair, and downloads models of the hub. Builds nothing.
 * @throws Error saying what is wrong with a source and what to give instead
 */
export async function planPair(options: PairOptions, context: Context): Promise<PairPlan> {
  const { sft, dpo, pair } = options
  validatePair(options, options.labelOf ?? flagOf)
  if (sft === undefined && dpo === undefined) return planCatalogPair(pair ?? defaultPairName, options, context)
  return planOwnPair(options, context)
}

function planCatalogPair(
  pairName: string,
  { precision, adapter_scale: adapterScale, name }: PairOptions,
  { home }: Pick<Context, 'home'>,
): AdapterPlan {
  const pair = findPair(pairName)
  const adapterBase = { source: weightsPath(pair, home), identity: pair.sft.sha256 }
  const sft = { ...adapterBase, precision: precision ?? pair.precision, modelId: `${pair.name}-sft` }
  const dpo = { ...sft, modelId: `${pair.name}-dpo`, adapter: pair.adapter, adapterScale }
  const { endTokens, demo } = pair
  const described = { name: name ?? pair.name, adapterBase, endTokens, demo }
  const both = { ...dpo, switched: true }
  return { kind: 'adapter', described, sft, dpo, both, pairedRefusal: null, catalogPair: pair }
}

async function planOwnPair(
  { precision, adapter_scale: adapterScale, name, template_from, labelOf = flagOf, ...texts }: PairOptions,
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
      `${parts.sft.where} is a LoRA adapter, which needs a base model. Build a full model first: ` +
        `"tandem build SOURCE --adapter ${parts.sft.text} --merge --out FOLDER", then give --sft FOLDER`,
    )
  if (dpo.kind !== 'adapter' && adapterScale !== undefined)
    throw scaleWithoutAdapter(labelOf('adapter_scale'), adapterScale, parts.dpo.where)
  if (dpo.kind !== 'adapter') return { kind: 'full', described, sft, dpo, precision, dpoTitle: parts.dpo.where }
  if (base === null)
    throw new Error(
      `${parts.dpo.where} is a LoRA adapter and ${parts.sft.where} is ${stateOf(sft)}: ` +
        'an adapter needs the weights that it was trained on. Give their Hugging Face folder or GGUF file as --sft',
    )
  await warnOfOtherBase(base.source, dpo.path, context.output)
  const where = { sft: parts.sft.where, dpo: parts.dpo.where }
  const hasOwnTemplate = await checkAdapterTexts(base.source, dpo.path, where, context.output)
  const full = { ...base, precision, modelId: plainName(base.source) }
  const adapted = { ...full, adapter: dpo.path, adapterScale, modelId: plainName(dpo.path) }
  const both = { ...adapted, switched: true }
  const pairedRefusal = hasOwnTemplate && template_from === 'sft' ? refusePaired(parts.dpo.where) : null
  return { kind: 'adapter', described, sft: full, dpo: adapted, both, pairedRefusal, catalogPair: null }
}

const refusePaired = (dpo: string) =>
  `--paired keeps one chat template, that of ${dpo}, and template_from asks for the one of the SFT model: ` +
  'remove --paired or template_from'

/** Describes why an adapter cannot be applied to a source. */
function stateOf({ kind }: Source): string {
  if (kind === 'service') return 'a running service'
  return kind === 'export' ? 'an exported graph' : 'already built'
}
