import {
  flagVariable,
  grpcSecurityFields,
  integerVariable,
  logLevelSchema,
  parseEnvironment,
  toGrpcSecurity,
} from '@tandem/process'
import { z } from 'zod'
import { maxKeyLimit } from './access/key-limits.js'
import type { KeySettings } from './access/key-store.js'
import { extraModelsSchema, pairModelSchema, rewardsSchema } from './named-services.js'
import type { ServiceSecurity } from './session/grpc/credentials.js'

const commaList = z
  .string()
  .default('')
  .transform((text) =>
    text
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== ''),
  )

/** Maximum number of origins. */
export const maxOrigins = 64
/**
 * An origin as browsers send it. `*` is refused: any page in a user's browser could then use a
 * server on their machine.
 */
export const originSchema = z.string().superRefine((text, context) => {
  if (isOrigin(text)) return
  const reason = text === '*' ? 'would allow every page' : 'is not an origin'
  const wanted =
    'expected an origin as browsers send it, scheme://host or scheme://host:port, e.g. http://localhost:3000'
  context.addIssue({ code: 'custom', message: `"${text}" ${reason}: ${wanted}` })
})

const keyLimit = integerVariable(1, maxKeyLimit).optional()

const maxEndTokens = 64
const endTokens = z
  .string()
  .transform((text, context): unknown => {
    try {
      return JSON.parse(text)
    } catch {
      context.addIssue({ code: 'custom', message: 'must be a JSON list of tokens, e.g. ["<user>"]' })
      return z.NEVER
    }
  })
  .pipe(z.array(z.string().min(1)).max(maxEndTokens))

/** The environment variables that configure the gateway. */
export const gatewayEnvironmentSchema = z.object({
  TANDEM_SFT: pairModelSchema('SFT'),
  TANDEM_DPO: pairModelSchema('DPO'),
  TANDEM_MODELS: extraModelsSchema,
  TANDEM_REWARDS: rewardsSchema,
  ...grpcSecurityFields,
  /** The name that the services' certificates are for, if it is not the host of their addresses. */
  TANDEM_TLS_SERVER_NAME: z.string().min(1).max(255).optional(),
  TANDEM_HOST: z.string().min(1).default('127.0.0.1'),
  /** 0 selects a free port. */
  TANDEM_PORT: integerVariable(0, 65_535).default(8080),
  /** Comma-separated API keys. Without keys the gateway listens only on a loopback host. */
  TANDEM_API_KEYS: commaList,
  /** The path of a file of API keys, one in each line. It is read again when it changes. */
  TANDEM_API_KEYS_FILE: z.string().min(1).optional(),
  /** Limits of each API key that has none of its own in the file. */
  TANDEM_KEY_CONCURRENT: keyLimit,
  TANDEM_KEY_REQUESTS_PER_MINUTE: keyLimit,
  TANDEM_KEY_TOKENS_PER_MINUTE: keyLimit,
  /** Comma-separated origins whose pages may use the server from a browser. */
  TANDEM_CORS_ORIGINS: commaList.pipe(z.array(originSchema).max(maxOrigins)),
  /** The name of the pair in the API. */
  TANDEM_PAIR: z.string().min(1).max(256).default('pair'),
  /** The model whose chat template and end tokens are used. */
  TANDEM_TEMPLATE_FROM: z.enum(['dpo', 'sft']).default('dpo'),
  /** Additional tokens that end an answer, as a JSON list of their spellings: ["<user>"]. */
  TANDEM_END_TOKENS: endTokens.default([]),
  TANDEM_MAX_CONCURRENT: integerVariable(1, 100_000).default(16),
  /** Maximum number of waiting requests. */
  TANDEM_MAX_WAITING: integerVariable(0, 100_000).default(64),
  TANDEM_MAX_PROMPT_TOKENS: integerVariable(1, 2 ** 31 - 1).default(131_072),
  TANDEM_MAX_BODY_BYTES: integerVariable(1, 2 ** 31 - 1).default(8 * 1024 * 1024),
  /** Maximum duration of a request, including its time in the queue. */
  TANDEM_REQUEST_TIMEOUT_MS: integerVariable(1, 2 ** 31 - 1).default(300_000),
  /** Maximum time for a client to send a request. */
  TANDEM_RECEIVE_TIMEOUT_MS: integerVariable(1, 2 ** 31 - 1).default(60_000),
  /** Time in which a stream sends nothing after which it sends a comment. 0: never. */
  TANDEM_PING_MS: integerVariable(0, 2 ** 31 - 1).default(15_000),
  /** Time to wait for the services at the start. */
  TANDEM_START_TIMEOUT_MS: integerVariable(1, 2 ** 31 - 1).default(60_000),
  /**
   * Time after SIGTERM in which the gateway still accepts requests although it is not ready: load
   * balancers learn of it only after a while.
   */
  TANDEM_DRAIN_DELAY_MS: integerVariable(0, 3_600_000).default(0),
  /** Time for open answers to finish after that. */
  TANDEM_DRAIN_MS: integerVariable(0, 3_600_000).default(5_000),
  /** Time between two lookups of the names of services. */
  TANDEM_RESOLVE_MS: integerVariable(100, 3_600_000).default(5_000),
  /** Time without an answer after which the sessions of a replica continue on another one. */
  TANDEM_HANG_MS: integerVariable(100, 3_600_000).default(10_000),
  /** Maximum time for which a request waits for a replica. */
  TANDEM_REPLAY_TIMEOUT_MS: integerVariable(1, 3_600_000).default(60_000),
  /** How often sessions of a request may continue on another replica after a failure. */
  TANDEM_MAX_REPLAYS: integerVariable(0, 1_000).default(16),
  TANDEM_LOG_LEVEL: logLevelSchema,
  /** Sends the times of each request to the parent process, for `tandem up --trace`. */
  TANDEM_TRACE: flagVariable(),
})

/** The configuration of the gateway. Fields ending in `Ms` are milliseconds. */
export interface GatewayConfig {
  /** Addresses of the replicas of each logit model (host:port) by its name, the pair first. */
  readonly services: ReadonlyMap<string, readonly string[]>
  /** Addresses of the replicas of each reward model by its name; the first is the default. */
  readonly rewards: ReadonlyMap<string, readonly string[]>
  readonly security: ServiceSecurity
  readonly host: string
  readonly port: number
  readonly keys: KeySettings
  readonly corsOrigins: readonly string[]
  readonly pairName: string
  readonly templateFrom: string
  readonly endTokens: readonly string[]
  readonly maxConcurrent: number
  readonly maxWaiting: number
  readonly maxPromptTokens: number
  readonly maxBodyBytes: number
  readonly requestTimeoutMs: number
  readonly receiveTimeoutMs: number
  readonly pingMs: number
  readonly startTimeoutMs: number
  readonly drainDelayMs: number
  readonly drainMs: number
  readonly resolveMs: number
  readonly hangMs: number
  readonly maxReplays: number
  readonly replayTimeoutMs: number
  readonly logLevel: string
  readonly sendsTimelines: boolean
}

const toKeySettings = (env: z.output<typeof gatewayEnvironmentSchema>): KeySettings => ({
  keys: env.TANDEM_API_KEYS,
  file: env.TANDEM_API_KEYS_FILE ?? null,
  defaults: {
    concurrent: env.TANDEM_KEY_CONCURRENT ?? null,
    requestsPerMinute: env.TANDEM_KEY_REQUESTS_PER_MINUTE ?? null,
    tokensPerMinute: env.TANDEM_KEY_TOKENS_PER_MINUTE ?? null,
  },
})

/** Parses the configuration. @throws SettingsError that names every invalid variable, and why */
export function parseGatewayConfig(environment: NodeJS.ProcessEnv): GatewayConfig {
  const env = parseEnvironment(gatewayEnvironmentSchema, environment)
  return {
    services: new Map([['dpo', env.TANDEM_DPO], ['sft', env.TANDEM_SFT], ...env.TANDEM_MODELS]),
    rewards: env.TANDEM_REWARDS,
    security: { ...toGrpcSecurity(env), serverName: env.TANDEM_TLS_SERVER_NAME ?? null },
    host: env.TANDEM_HOST,
    port: env.TANDEM_PORT,
    keys: toKeySettings(env),
    corsOrigins: env.TANDEM_CORS_ORIGINS,
    pairName: env.TANDEM_PAIR,
    templateFrom: env.TANDEM_TEMPLATE_FROM,
    endTokens: env.TANDEM_END_TOKENS,
    maxConcurrent: env.TANDEM_MAX_CONCURRENT,
    maxWaiting: env.TANDEM_MAX_WAITING,
    maxPromptTokens: env.TANDEM_MAX_PROMPT_TOKENS,
    maxBodyBytes: env.TANDEM_MAX_BODY_BYTES,
    requestTimeoutMs: env.TANDEM_REQUEST_TIMEOUT_MS,
    receiveTimeoutMs: env.TANDEM_RECEIVE_TIMEOUT_MS,
    pingMs: env.TANDEM_PING_MS,
    startTimeoutMs: env.TANDEM_START_TIMEOUT_MS,
    drainDelayMs: env.TANDEM_DRAIN_DELAY_MS,
    drainMs: env.TANDEM_DRAIN_MS,
    resolveMs: env.TANDEM_RESOLVE_MS,
    hangMs: env.TANDEM_HANG_MS,
    maxReplays: env.TANDEM_MAX_REPLAYS,
    replayTimeoutMs: env.TANDEM_REPLAY_TIMEOUT_MS,
    logLevel: env.TANDEM_LOG_LEVEL,
    sendsTimelines: env.TANDEM_TRACE,
  }
}

/** Also accepts the origins of browser extensions and desktop apps, which `URL` reports as null. */
function isOrigin(text: string): boolean {
  if (!/^[a-z][a-z0-9+.-]*:\/\/[^\s/?#@,*]+$/.test(text)) return false
  return !/^https?:/.test(text) || (URL.canParse(text) && new URL(text).origin === text)
}
