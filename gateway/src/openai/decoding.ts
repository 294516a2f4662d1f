import { z } from 'zod'
import { type DecodePath, decodePaths } from '../decode/loop/decode-path.js'
import type { BoundStrategy } from '../decode/strategies/bound-strategy.js'
import {
  bindStrategy,
  defaultStrategyName,
  findStrategy,
  type Strategy,
  strategies,
  strategyNames,
} from '../decode/strategies/index.js'
import { samplingNames } from '../decode/strategies/sampling.js'
import type { Pair } from '../session/pair.js'
import { shorten } from '../show-value.js'
import { ApiError, invalidRequest } from './api-error.js'
import { assertServed } from './assert-served.js'
import { parseFields } from './fields.js'
import type { DecodingReport } from './schemas/decoding-report.js'

export interface Decoding {
  readonly method: BoundStrategy
  readonly detail: boolean
  readonly path: DecodePath
  /** What the answer says of it: the values used, and what was given without effect. */
  readonly echo: DecodingReport
}

/** At the request's top level, as OpenAI and vLLM have them. */
export type TopLevel = Readonly<Record<(typeof samplingNames)[number], number | undefined>>

/** Strategies that need no parameter, and so can be asked for by a model's name. */
const suffixes = strategies.filter(({ parameters }) => parameters.safeParse({}).success)

/**
 * Names of models to list, first the bare pair, which means the default strategy.
 * @param hasRewards whether the server has a reward model: strategies that choose by one are listed only then
 */
export const modelNames = (pair: string, hasRewards: boolean): string[] => [
  pair,
  ...strategies.flatMap(({ name }) => nameOfStrategy(pair, name, hasRewards) ?? []),
]

/** The name among them that carries a strategy; null where none does. */
export function nameOfStrategy(pair: string, strategy: string, hasRewards: boolean): string | null {
  const found = suffixes.find(({ name }) => name === strategy)
  if (!found || ('reward' in found.parameters.shape && !hasRewards)) return null
  return `${pair}/${strategy}`
}

/**
 * The strategy that a model's name carries, listed or not: best-of-n itself tells what it lacks. Null: the bare pair, which carries none.
 * @throws ApiError 404
 */
export function strategyOfModel(pair: string, model: string): string | null {
  if (model === pair) return null
  const found = suffixes.find(({ name }) => model === `${pair}/${name}`)
  if (found !== undefined) return found.name
  throw unknownModel(pair, model)
}

export const unknownModel = (pair: string, model: string): ApiError =>
  new ApiError(
    404,
    `the model "${shorten(model)}" does not exist; there are ${pair} and those that /v1/models lists, such as ${pair}/${defaultStrategyName}`,
    { param: 'model', code: 'model_not_found' },
  )

const strategyMeaning = "The method; by default the one that the model's name carries."
const ownFields = {
  strategy: z.string().optional().describe(strategyMeaning),
  detail: z
    .boolean()
    .default(false)
    .describe('Adds log-probabilities and candidates of each token, or what a search or choice has tried.'),
  path: z.enum(decodePaths).default('auto').describe('How tokens are computed; changes none of them.'),
}

/** All that `decoding` may hold: a request is checked against the strategy that it or the model's name carries. */
export const decodingSchema = z.union(
  strategies.map(({ name, parameters }) =>
    z.strictObject({
      ...ownFields,
      strategy: z.literal(name).optional().describe(strategyMeaning),
      ...parameters.shape,
    }),
  ),
)

/** Names that belong into `decoding` and mean nothing elsewhere. */
const misplacedNames = new Set([
  ...Object.keys(ownFields),
  ...strategies.flatMap(({ parameters }) => Object.keys(parameters.shape)),
])
for (const name of [...samplingNames, 'model', 'n']) misplacedNames.delete(name)

/** @throws ApiError 400 naming the first of our own parameters that stands beside `decoding` instead of inside */
export function assertPlaced(body: Readonly<Record<string, unknown>>): void {
  for (const name of misplacedNames) {
    if (body[name] === undefined || body[name] === null) continue
    throw invalidRequest(`${name} is a parameter of decoding: put it in there, as "decoding": {"${name}": ...}`, name)
  }
}

/**
 * How to decode: `decoding`'s parameters over the top level's.
 * @param modelStrategy that the model's name carries; null: none, which leaves it to `decoding.strategy`
 * @param models that this server has
 * @throws ApiError 400 naming an unknown strategy or another than the model's name carries, an unknown key, a value out of range, or a model that is not there
 */
export function resolveDecoding(
  modelStrategy: string | null,
  decoding: Readonly<Record<string, unknown>>,
  topLevel: TopLevel,
  models: Pair['models'],
): Decoding {
  const { strategy, detail, path, own } = readDecoding(modelStrategy, decoding)
  const given = samplingNames.filter((key) => topLevel[key] !== undefined)
  const used = given.filter((key) => strategy.topLevel.includes(key) && !(key in own))
  const taken = Object.fromEntries(used.map((key) => [key, topLevel[key]]))
  const parameters = parseFields(strategy.parameters, { ...taken, ...own }, 'decoding')
  const idle = strategy.idle?.(parameters) ?? []
  const ignored = samplingNames.filter((key) =>
    used.includes(key) || (key in own && !given.includes(key)) ? idle.includes(key) : given.includes(key),
  )
  const inUse = Object.entries(parameters).filter(([key]) => !idle.includes(key))
  const method = bindStrategy(strategy, parameters)
  assertServed(method, models)
  return {
    method,
    detail,
    path,
    echo: { strategy: strategy.name, ...Object.fromEntries(inUse), detail, path, ignored },
  }
}

/** What can be told of a `decoding` that names its strategy before it is sent. @throws ApiError as `resolveDecoding`, but for models */
export function validateDecoding(decoding: Readonly<Record<string, unknown>>): void {
  const { strategy, own } = readDecoding(null, decoding)
  parseFields(strategy.parameters, own, 'decoding')
}

function readDecoding(modelStrategy: string | null, decoding: Readonly<Record<string, unknown>>) {
  const { strategy: name, detail, path, ...own } = parseFields(z.looseObject(ownFields), decoding, 'decoding')
  const strategy = findOrRefuse(name ?? modelStrategy ?? defaultStrategyName)
  if (modelStrategy !== null && strategy.name !== modelStrategy)
    throw invalidRequest(
      `decoding.strategy is ${strategy.name}, and the model's name carries ${modelStrategy}: leave one of them out`,
      'decoding.strategy',
    )
  assertKnown(Object.keys(decoding), strategy)
  return { strategy, detail, path, own }
}

function assertKnown(keys: readonly string[], { name, parameters }: Strategy): void {
  const known = [...Object.keys(ownFields), ...Object.keys(parameters.shape)]
  const unknown = keys.find((key) => !known.includes(key))
  if (unknown === undefined) return
  const param = `decoding.${shorten(unknown)}`
  throw invalidRequest(`${param}: the strategy ${name} has no such key; there are: ${known.join(', ')}`, param)
}

function findOrRefuse(name: string): Strategy {
  const strategy = findStrategy(name)
  if (strategy) return strategy
  throw invalidRequest(
    `decoding.strategy: there is no strategy "${shorten(name)}"; there are: ${strategyNames.join(', ')}`,
    'decoding.strategy',
  )
}
