import { createHash } from 'node:crypto'
import { messageOf, withTimeout } from '@tandem/process'
import { z } from 'zod'
import type { Fields } from '../prompts/index.js'
import { ServiceError } from './http/ask.js'
import { Connection, type HttpAnswer, type Server } from './http/connection.js'
import { parseJson, readError } from './http/read-error.js'

const modelSchema = z.object({
  name: z.string(),
  id: z.string(),
  version: z.string(),
  precision: z.string(),
  adapter: z.string().nullable(),
  adapter_scale: z.number().nullish(),
})
const infoSchema = z.object({
  version: z.string(),
  pair: z.string(),
  models: z.array(modelSchema),
  reward_models: z.array(modelSchema),
  // Older gateways do not say how they decode.
  default_strategy: z.string().optional(),
  strategies: z.array(z.object({ name: z.string(), defaults: z.record(z.string(), z.unknown()).optional() })),
  limits: z.object({ concurrent_requests: z.int().min(1) }),
})
const modelsSchema = z.object({ data: z.array(z.object({ id: z.string() })).min(1) })

/** What a manifest says about a gateway: everything that answers depend on. */
export interface GatewayFacts {
  /** The model that requests name if nothing else does. */
  readonly model: string
  /** Requests that it works on at once; null if it does not say. */
  readonly concurrentRequests: number | null
  /** The version of Tandem; null if it is another server. */
  readonly version: string | null
  /** The served models with their versions, reward models last; null if it is another server. */
  readonly models: readonly z.output<typeof modelSchema>[] | null
  /** How it decodes if a request does not say it; null if the server does not tell. */
  readonly decoding: DecodingDefaults | null
  /** The names of the served reward models. */
  readonly rewardModels: readonly string[]
  /** SHA-256 of the tokenizer's settings with the chat template; null if it has no such route. */
  readonly template: string | null
}

/** What a gateway uses for fields of `decoding` that a request leaves out. */
export interface DecodingDefaults {
  readonly strategy: string
  /** For each strategy, the default values of its parameters. */
  readonly parameters: Readonly<Record<string, Fields>>
}

/** The settings of a gateway as a manifest has them. @param models those that the rows depend on */
export const gatewaySettings = (
  { version, decoding, template }: GatewayFacts,
  models: GatewayFacts['models'],
): Fields => ({ version, models, decoding, template })

/** Time limit of each question, in milliseconds. */
const limitMs = 60_000

/**
 * Asks a gateway what it serves. Servers without `/info`, such as vLLM, list at least their models.
 * @throws ServiceError if no OpenAI-compatible server answers
 */
export async function readGatewayFacts(server: Server, signal: AbortSignal): Promise<GatewayFacts> {
  const connection = new Connection(server, 1)
  try {
    const info = await read(connection, '/info', infoSchema, signal)
    const tokenizer = await get(connection, '/tokenizer_info', signal)
    const template = tokenizer.status === 200 ? sha256(tokenizer.text) : null
    if (info) {
      const { version, pair, models, reward_models, limits, default_strategy: strategy, strategies } = info
      return {
        model: pair,
        concurrentRequests: limits.concurrent_requests,
        version,
        models: [...models, ...reward_models],
        decoding: strategy === undefined ? null : { strategy, parameters: defaultsByName(strategies) },
        rewardModels: reward_models.map(({ name }) => name),
        template,
      }
    }
    const listed = await read(connection, '/v1/models', modelsSchema, signal)
    const model = listed?.data[0]?.id
    if (model === undefined)
      throw new ServiceError(`${server.url} does not list models: expected an OpenAI-compatible server`)
    return {
      model,
      concurrentRequests: null,
      version: null,
      models: null,
      decoding: null,
      rewardModels: [],
      template,
    }
  } finally {
    connection.close()
  }
}

const defaultsByName = (strategies: z.output<typeof infoSchema>['strategies']) =>
  Object.fromEntries(strategies.map(({ name, defaults = {} }) => [name, defaults]))

/** Requests at once if the gateway does not say how many it works on. */
const usualConcurrency = 8

/** How many requests to send at once. @param wanted null: the gateway's concurrency limit */
export const concurrencyOf = (
  wanted: number | null,
  { concurrentRequests }: Pick<GatewayFacts, 'concurrentRequests'>,
): number => wanted ?? concurrentRequests ?? usualConcurrency

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')

/** The parsed answer; null if the server has no such route, or one of another form. */
async function read<T>(connection: Connection, path: string, schema: z.ZodType<T>, signal: AbortSignal) {
  const { status, text } = await get(connection, path, signal)
  if (status === 404) return null
  if (status !== 200) throw new ServiceError(`${connection.url} answered ${status}: ${readError(text).message}`)
  return schema.safeParse(parseJson(text)).data ?? null
}

async function get(connection: Connection, path: string, signal: AbortSignal): Promise<HttpAnswer> {
  try {
    return await connection.get(path, withTimeout(limitMs, signal))
  } catch (cause) {
    signal.throwIfAborted()
    const found = messageOf(cause)
    throw new ServiceError(`no gateway answers at ${connection.url} (${found}). Start one with "tandem up"`, { cause })
  }
}
