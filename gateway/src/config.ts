import { z } from 'zod'
import { addressPattern, otherModelsSchema, rewardsSchema } from './named-services.js'
import { wordIssue } from './word-issue.js'

export { functionNames, modelNameSchema } from './session/model-name.js'
export { expectationOf } from './word-issue.js'

const whole = (least: number, most: number) => z.coerce.number().int().min(least).max(most)
const address = (what: string) =>
  z
    .string({ error: `is not set: give the ${what} service as host:port` })
    .regex(addressPattern, 'must be host:port, e.g. 127.0.0.1:7001')

const commaList = z
  .string()
  .default('')
  .transform((text) =>
    text
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== ''),
  )

export const maxOrigins = 64
/** An origin as browsers send it. None stands for all: with it, any page that somebody visits could use a server on their machine. */
export const originSchema = z.string().superRefine((text, context) => {
  if (isOrigin(text)) return
  const reason = text === '*' ? 'would let every page in' : 'is no origin'
  const wanted = 'name origins as browsers send them, scheme://host or scheme://host:port, e.g. http://localhost:3000'
  context.addIssue({ code: 'custom', message: `"${text}" ${reason}: ${wanted}` })
})

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

/** The environment that configures the gateway. */
export const gatewayEnvironmentSchema = z.object({
  TANDEM_SFT: address('SFT'),
  TANDEM_DPO: address('DPO'),
  TANDEM_MODELS: otherModelsSchema,
  TANDEM_REWARDS: rewardsSchema,
  TANDEM_HOST: z.string().min(1).default('127.0.0.1'),
  /** 0 takes a free one. */
  TANDEM_PORT: whole(0, 65_535).default(8080),
  /** Comma-separated; empty: none, and only a loopback host is then served. */
  TANDEM_API_KEYS: commaList,
  /** Comma-separated origins whose pages may use the server from a browser; empty: none. */
  TANDEM_CORS_ORIGINS: commaList.pipe(z.array(originSchema).max(maxOrigins)),
  /** The pair's name in the API. */
  TANDEM_PAIR: z.string().min(1).max(256).default('pair'),
  /** Whose chat template and end tokens are used. */
  TANDEM_TEMPLATE_FROM: z.enum(['dpo', 'sft']).default('dpo'),
  /** Tokens that end an answer besides those of the model, as a JSON list of their spellings: ["<user>"]. */
  TANDEM_END_TOKENS: endTokens.default([]),
  TANDEM_MAX_CONCURRENT: whole(1, 100_000).default(16),
  /** Requests that may wait for their turn. */
  TANDEM_MAX_WAITING: whole(0, 100_000).default(64),
  TANDEM_MAX_PROMPT_TOKENS: whole(1, 2 ** 31 - 1).default(131_072),
  TANDEM_MAX_BODY_BYTES: whole(1, 2 ** 31 - 1).default(8 * 1024 * 1024),
  /** The longest a request may take, its wait included. */
  TANDEM_REQUEST_TIMEOUT_MS: whole(1, 2 ** 31 - 1).default(300_000),
  /** The longest that a client may take to send one. */
  TANDEM_RECEIVE_TIMEOUT_MS: whole(1, 2 ** 31 - 1).default(60_000),
  /** How long to try to reach the services at the start. */
  TANDEM_START_TIMEOUT_MS: whole(1, 2 ** 31 - 1).default(60_000),
  /** How long open answers may go on after SIGTERM. */
  TANDEM_DRAIN_MS: whole(0, 3_600_000).default(5_000),
  TANDEM_LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
})

export interface GatewayConfig {
  /** host:port by model name, the pair first. */
  readonly services: ReadonlyMap<string, string>
  /** host:port by the name of the reward model; the first is the default. */
  readonly rewards: ReadonlyMap<string, string>
  readonly host: string
  readonly port: number
  readonly apiKeys: readonly string[]
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
  readonly startTimeoutMs: number
  readonly drainMs: number
  readonly logLevel: string
}

/** @throws Error naming every variable that is wrong, and why */
export function parseGatewayConfig(environment: NodeJS.ProcessEnv): GatewayConfig {
  const result = gatewayEnvironmentSchema.safeParse(environment, { error: wordIssue })
  if (!result.success)
    throw new Error(result.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`).join('; '))
  const env = result.data
  if (env.TANDEM_API_KEYS.length === 0 && !isLoopback(env.TANDEM_HOST))
    throw new Error(
      `TANDEM_HOST is ${env.TANDEM_HOST}, which others can reach, and there are no API keys: ` +
        'set TANDEM_API_KEYS, or listen on 127.0.0.1',
    )
  return {
    services: new Map([['dpo', env.TANDEM_DPO], ['sft', env.TANDEM_SFT], ...env.TANDEM_MODELS]),
    rewards: env.TANDEM_REWARDS,
    host: env.TANDEM_HOST,
    port: env.TANDEM_PORT,
    apiKeys: env.TANDEM_API_KEYS,
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
    startTimeoutMs: env.TANDEM_START_TIMEOUT_MS,
    drainMs: env.TANDEM_DRAIN_MS,
    logLevel: env.TANDEM_LOG_LEVEL,
  }
}

/** Schemes of browsers' extensions and apps have origins too, which URL does not tell. */
function isOrigin(text: string): boolean {
  if (!/^[a-z][a-z0-9+.-]*:\/\/[^\s/?#@,*]+$/.test(text)) return false
  return !/^https?:/.test(text) || (URL.canParse(text) && new URL(text).origin === text)
}

/** Names that a resolver could send elsewhere do not count, except localhost. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host === '[::1]' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host)
}
