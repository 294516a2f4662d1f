import { modelNameSchema, shorten } from '@tandem/process'
import { z } from 'zod'
import { type DecodePath, decodePaths } from '../../decode/loop/decode-path.js'
import type { BoundStrategy } from '../../decode/strategies/bound-strategy.js'
import {
  bindStrategy,
  defaultStrategyName,
  findStrategy,
  type Strategy,
  strategies,
  strategyNames,
} from '../../decode/strategies/index.js'
import type { Seed } from '../../decode/strategies/random.js'
import { samplingNames } from '../../decode/strategies/sampling.js'
import type { Pair } from '../../session/models/pair.js'
import { ApiError, invalidRequest } from '../api-error.js'
import type { DecodingReport } from '../schemas/decoding-report.js'
import { assertServed } from './assert-served.js'
import { parseFields } from './fields.js'
import { resolveLogprobsModel, usualLogprobsModel } from './logprobs-model.js'

/** How to decode one request. */
export interface Decoding {
  readonly method: BoundStrategy
  readonly detail: boolean
  readonly path: DecodePath
  /** The name of the model whose log-probabilities are reported. */
  readonly logprobsOf: string
  /** The report in the answer: the values used, and the fields that had no effect. */
  readonly echo: DecodingReport
}

/** Sampling parameters at the top level of a request, as in OpenAI and vLLM. */
export type TopLevel = Readonly<Record<(typeof samplingNames)[number], Seed | undefined>>

/** Strategies without a required parameter, which a model's name can therefore select. */
const suffixes = strategies.filter(({ parameters }) => parameters.safeParse({}).success)

/**
 * Lists the model names: first the pair, which means the default strategy, then the pair with each
 * strategy.
 * @param hasRewards whether the server has a reward model; strategies that need one are listed only
 *   then
 */
export const modelNames = (pair: string, hasRewards: boolean): string[] => [
  pair,
  ...strategies.flatMap(({ name }) => nameOfStrategy(pair, name, hasRewards) ?? []),
]

/** The model name that selects a strategy; null if there is none. */
export function nameOfStrategy(pair: string, strategy: string, hasRewards: boolean): string | null {
  const found = suffixes.find(({ name }) => name === strategy)
  if (!found || ('reward' in found.parameters.shape && !hasRewards)) return null
  return `${pair}/${strategy}`
}

/**
 * The strategy that a model's name selects; null for the pair's own name. It also accepts names
 * that are not listed: best-of-n itself explains that a reward model is missing.
 * @throws ApiError 404 for any other name
 */
export function strategyOfModel(pair: string, model: string): string | null {
  if (model === pair) return null
  const found = suffixes.find(({ name }) => model === `${pair}/${name}`)
  if (found !== undefined) return found.name
  throw unknownModel(pair, model)
}

/** The error for a model name that the server does not know. */
export const unknownModel = (pair: string, model: string): ApiError =>
  new ApiError(
    404,
    `the model "${shorten(model)}" does not exist; use ${pair}, or another name from GET /v1/models, such as ${pair}/${defaultStrategyName}`,
    { param: 'model', code: 'model_not_found' },
  )

const logprobsMeaning =
  'The model whose log-probabilities are returned for `logprobs`, `echo` and `prompt_logprobs`. ' +
  'Defaults to the model that the strategy decodes from, if it decodes from a single one (`greedy-sft`, `greedy-dpo`, `sample`), and to `dpo`.'
const strategyMeaning = "The decoding strategy. Defaults to the strategy of the model's name."
const ownFields = {
  strategy: z.string().optional().describe(strategyMeaning),
  detail: z
    .boolean()
    .default(false)
    .describe(
      'Whether to return details: the log-probabilities and candidates of each token, or all candidates of a search or choice.',
    ),
  timings: z
    .boolean()
    .default(false)
    .describe('Whether to return the times of each token: computing, queueing, on the wire and in the gateway.'),
  path: z
    .enum(decodePaths)
    .default('auto')
    .describe('How the tokens are computed. It affects the speed, not the tokens.'),
  logprobs_of: modelNameSchema.optional().describe(logprobsMeaning),
}

/**
 * The schema of `decoding`. A request is validated only against the strategy that it or the model's
 * name selects.
 */
export const decodingSchema = z.union(
  strategies.map(({ name, parameters }) =>
    z.strictObject({
      ...ownFields,
      strategy: z.literal(name).optional().describe(strategyMeaning),
      ...parameters.shape,
    }),
  ),
)

/** Parameters that are valid only inside `decoding`. */
const misplacedNames = new Set([
  ...Object.keys(ownFields),
  ...strategies.flatMap(({ parameters }) => Object.keys(parameters.shape)),
])
for (const name of [...samplingNames, 'model', 'n']) misplacedNames.delete(name)

/** Defaults of other servers, which change nothing here either. */
const harmless: Readonly<Record<string, unknown>> = { length_penalty: 1 }

/**
 * Asserts that no parameter of `decoding` is at the top level.
 * @throws ApiError 400 that names the first one
 */
export function assertPlacement(body: Readonly<Record<string, unknown>>): void {
  for (const name of misplacedNames) {
    if (body[name] === undefined || body[name] === null || body[name] === harmless[name]) continue
    throw invalidRequest(`${name} is a parameter of decoding: write "decoding": {"${name}": ...}`, name)
  }
}

/**
 * Resolves how to decode a request. Parameters in `decoding` take precedence over the top level.
 * @param modelStrategy the strategy of the model's name; null: `decoding.strategy` decides
 * @param models the models of this server
 * @throws ApiError 400 for an unknown strategy, one that differs from the model's name, an unknown
 *   parameter, a value out of range, or a model that this server does not have
 */
export function resolveDecoding(
  modelStrategy: string | null,
  decoding: Readonly<Record<string, unknown>>,
  topLevel: TopLevel,
  models: Pair['models'],
): Decoding {
  const { strategy, detail, timings, path, logprobs_of: named, own } = readDecoding(modelStrategy, decoding)
  const given = samplingNames.filter((key) => topLevel[key] !== undefined)
  const used = given.filter((key) => strategy.topLevel.includes(key) && !(key in own))
  const fromTopLevel = Object.fromEntries(used.map((key) => [key, topLevel[key]]))
  const parameters = parseFields(strategy.parameters, { ...fromTopLevel, ...own }, 'decoding', decoding)
  const idle = strategy.idle?.(parameters) ?? []
  const ignored = samplingNames.filter((key) =>
    used.includes(key) || (key in own && !given.includes(key)) ? idle.includes(key) : given.includes(key),
  )
  const inUse = Object.entries(parameters).filter(([key]) => !idle.includes(key))
  const method = bindStrategy(strategy, parameters)
  assertServed(method, models)
  const logprobsOf = resolveLogprobsModel(named, method, models)
  // Reported only if requested or unusual, so that other answers stay as they were.
  const requested = {
    ...(timings ? { timings } : {}),
    ...(named !== undefined || logprobsOf !== usualLogprobsModel ? { logprobs_of: logprobsOf } : {}),
  }
  return {
    method,
    detail,
    path,
    logprobsOf,
    echo: { strategy: strategy.name, ...Object.fromEntries(inUse), detail, ...requested, path, ignored },
  }
}

/**
 * Validates a `decoding` object before it is sent to a server.
 * @returns the names of the models that the strategy reads
 * @throws ApiError as `resolveDecoding`, except for missing models
 */
export function validateDecoding(decoding: Readonly<Record<string, unknown>>): readonly string[] {
  const { strategy, own } = readDecoding(null, decoding)
  const { lead, others } = bindStrategy(strategy, parseFields(strategy.parameters, own, 'decoding')).reads([])
  return [lead, ...others]
}

function readDecoding(modelStrategy: string | null, decoding: Readonly<Record<string, unknown>>) {
  const {
    strategy: name,
    detail,
    timings,
    path,
    logprobs_of,
    ...own
  } = parseFields(z.looseObject(ownFields), decoding, 'decoding')
  const strategy = findOrRefuse(name ?? modelStrategy ?? defaultStrategyName)
  if (modelStrategy !== null && strategy.name !== modelStrategy)
    throw invalidRequest(
      `decoding.strategy is ${strategy.name}, but the model's name selects ${modelStrategy}: remove one of them`,
      'decoding.strategy',
    )
  assertKnown(Object.keys(decoding), strategy)
  return { strategy, detail, timings, path, logprobs_of, own }
}

function assertKnown(keys: readonly string[], { name, parameters }: Strategy): void {
  const known = [...Object.keys(ownFields), ...Object.keys(parameters.shape)]
  const unknown = keys.find((key) => !known.includes(key))
  if (unknown === undefined) return
  const param = `decoding.${shorten(unknown)}`
  throw invalidRequest(
    `${param}: unknown parameter of the strategy ${name}; expected one of: ${known.join(', ')}`,
    param,
  )
}

function findOrRefuse(name: string): Strategy {
  const strategy = findStrategy(name)
  if (strategy) return strategy
  throw invalidRequest(
    `decoding.strategy: unknown strategy "${shorten(name)}"; expected one of: ${strategyNames.join(', ')}`,
    'decoding.strategy',
  )
}
