import { z } from 'zod'
import { parseFile } from '../../parse-file.js'
import { mergeAdvice } from './merge-advice.js'

/** Keys about the training or the origin of an adapter, which do not change its result. */
const harmlessKeys = [
  'auto_mapping',
  'base_model_name_or_path',
  'ensure_weight_tying',
  'eva_config',
  'inference_mode',
  'loftq_config',
  'lora_dropout',
  'megatron_core',
  'peft_version',
  'qalora_group_size',
  'revision',
  'runtime_config',
  // For GPT-2's Conv1D. PEFT itself disables it for linear layers, and all layers here are linear.
  'fan_in_fan_out',
]

/**
 * Initializations that do not change the base. The others (pissa, olora, corda, loftq, ...)
 * subtract from it.
 */
const supportedInitializations = [true, false, 'gaussian', 'eva', 'orthogonal']

/**
 * Modules of a classifier that are saved completely. peft lists all usual names, even if the model
 * lacks them.
 */
const classifierModules = ['score', 'classifier']

const nameOrNames = z.union([z.string(), z.array(z.string())])
const pattern = z.record(z.string(), z.number().positive())

const schema = z.looseObject({
  peft_type: z.string(),
  r: z.int().positive().default(8),
  lora_alpha: z.number().positive().default(8),
  use_rslora: z.boolean().nullish(),
  rank_pattern: pattern.nullish(),
  alpha_pattern: pattern.nullish(),
  target_modules: nameOrNames.nullish(),
  exclude_modules: nameOrNames.nullish(),
  layers_to_transform: z.union([z.int(), z.array(z.int())]).nullish(),
  layers_pattern: nameOrNames.nullish(),
  init_lora_weights: z.union([z.boolean(), z.string()]).nullish(),
  bias: z.string().nullish(),
  task_type: z.string().nullish(),
  modules_to_save: z.array(z.string()).nullish(),
})

/** The part of adapter_config.json that is needed. */
export interface LoraConfig {
  readonly rank: (module: string) => number
  /** The factor of B A. */
  readonly scale: (module: string) => number
  readonly targets: TargetRule
  /** Modules whose tensors are saved completely. */
  readonly savedModules: readonly string[]
  readonly isClassifier: boolean
}

/** The rule for the modules that an adapter changes. */
export interface TargetRule {
  /** Names, a regex over full names, or all linear layers except the output layer. */
  readonly modules: readonly string[] | RegExp | 'all-linear'
  readonly excluded: readonly string[] | RegExp
  /** Numbers of layers. Empty means all. */
  readonly layers: readonly number[]
  /** Patterns for the names of the list of layers. Empty means any name. */
  readonly layerLists: readonly RegExp[]
}

/**
 * Reads adapter_config.json as peft 0.21 does.
 * @param adapterScale a factor of lora_alpha
 * @throws Error with the key that cannot be applied
 */
export function parseLoraConfig(config: Readonly<Record<string, unknown>>, path: string, adapterScale = 1): LoraConfig {
  if (config.peft_type !== 'LORA')
    throw new Error(`${path} has peft_type ${JSON.stringify(config.peft_type)}; only "LORA" is applied`)
  const advice = 'Correct the file, or save the adapter again with peft: save_pretrained(...)'
  const c = parseFile(schema, config, { what: `${path} cannot be used`, advice })
  refuseUnsupported(c, path)
  const byPattern = (patterns: Record<string, number> | null | undefined, otherwise: number) => {
    const rules = Object.entries(patterns ?? {}).map(
      ([key, value]) => [compile(`^(.*\\.)?(${key})$`, key, path), value] as const,
    )
    return (module: string) => rules.find(([rule]) => rule.test(module))?.[1] ?? otherwise
  }
  const rank = byPattern(c.rank_pattern, c.r)
  const alpha = byPattern(c.alpha_pattern, c.lora_alpha)
  return {
    rank,
    savedModules: c.modules_to_save ?? [],
    isClassifier: c.task_type === 'SEQ_CLS',
    // The order of an edited lora_alpha, so that the result has the same bits.
    scale: (module) => (alpha(module) * adapterScale) / (c.use_rslora ? Math.sqrt(rank(module)) : rank(module)),
    targets: {
      modules: parseTargets(c.target_modules, path),
      excluded: parseNames(c.exclude_modules ?? [], path),
      layers: [c.layers_to_transform ?? []].flat(),
      layerLists: [c.layers_pattern ?? []]
        .flat()
        .map((name) => compile(`^(?:(?:|.*?\\.)${name}\\.(?<idx>\\d+)\\.)`, name, path)),
    },
  }
}

function refuseUnsupported(config: z.infer<typeof schema>, path: string): void {
  const isActive = (value: unknown) =>
    value != null && value !== false && !(typeof value === 'object' && Object.keys(value).length === 0)
  const known = [...Object.keys(schema.shape), ...harmlessKeys]
  const active = Object.entries(config).find(([key, value]) => !known.includes(key) && isActive(value))
  if (active !== undefined)
    throw new Error(
      `${path} has ${active[0]} ${JSON.stringify(active[1])}, which cannot be applied; only plain LoRA is supported. ${mergeAdvice}`,
    )
  const saved = config.modules_to_save ?? []
  if (saved.some((name) => !classifierModules.includes(name)))
    throw new Error(
      `${path} has modules_to_save ${JSON.stringify(saved)}, which cannot be applied; ` +
        `only plain LoRA and the head of a reward model ("score") are supported. ${mergeAdvice}`,
    )
  const { bias = 'none', init_lora_weights: initialization = true } = config
  if (bias !== null && bias !== 'none') throw new Error(`${path} has bias "${bias}"; only "none" can be applied`)
  if (initialization !== null && !supportedInitializations.includes(initialization))
    throw new Error(
      `${path} has init_lora_weights "${initialization}", which changes the base: convert the adapter with peft: ` +
        'save_pretrained(..., path_initial_model_for_weight_conversion=...)',
    )
}

function parseTargets(targets: string | string[] | null | undefined, path: string): TargetRule['modules'] {
  if (targets == null)
    throw new Error(`${path} has no target_modules; expected a list of names, a regex or "all-linear"`)
  if (typeof targets === 'string' && targets.toLowerCase() === 'all-linear') return 'all-linear'
  return parseNames(targets, path)
}

const parseNames = (names: string | string[], path: string): readonly string[] | RegExp =>
  typeof names === 'string' ? compile(`^(?:${names})$`, names, path) : names

function compile(source: string, shown: string, path: string): RegExp {
  // In JavaScript these are letters, in Python the ends of the text.
  if (/\\[AZz]/.test(source))
    throw new Error(
      `${path}: the pattern "${shown}" has \\A or \\Z, which is not supported: leave it out, because full names are matched`,
    )
  try {
    // A named group begins with (?P< in Python and with (?< in JavaScript.
    return new RegExp(source.replaceAll('(?P<', '(?<'))
  } catch (cause) {
    throw new Error(`${path}: the pattern "${shown}" is not a valid regex`, { cause })
  }
}
