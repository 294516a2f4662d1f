import { flagVariable, integerVariable, listenSchema, parseEnvironment } from '@tandem/process'
import { z } from 'zod'
import { type ServiceConfig, serviceFields, toServiceConfig } from '../service-config.js'

const { TANDEM_MODEL, ...commonFields } = serviceFields

/** The environment that configures a logit service. */
export const logitEnvironmentSchema = z.object({
  TANDEM_MODEL,
  /** Role of the model in its pair: sft, dpo, or a name of your own. */
  TANDEM_ROLE: z.string({ error: 'is not set: name the role of the model in its pair (sft, dpo, ...)' }).min(1).max(64),
  ...commonFields,
  /**
   * Address of the base model, served from the same graph. The model folder must be built for it.
   */
  TANDEM_BASE_LISTEN: listenSchema.optional(),
  /** Role of the base model in the pair. */
  TANDEM_BASE_ROLE: z.string().min(1).max(64).default('sft'),
  TANDEM_SESSION_TTL_MS: integerVariable(10, 2 ** 31 - 1).default(300_000),
  TANDEM_MAX_SESSIONS: integerVariable(1, 100_000).default(64),
  /**
   * Runs one token of one session at a time: logits are the same bits on every path, and prompts
   * are slow.
   */
  TANDEM_STRICT: flagVariable(),
})

/** The same environment, as the program that starts a service writes it. */
export type LogitEnvironment = Partial<Record<keyof typeof logitEnvironmentSchema.shape, string>> & {
  TANDEM_MODEL: string
  TANDEM_ROLE: string
}

/** The configuration of a logit service. */
export interface LogitConfig extends ServiceConfig {
  readonly role: string
  /** Null if the base model is not served. */
  readonly base: { readonly listen: string; readonly role: string } | null
  readonly sessionTtlMs: number
  readonly maxSessions: number
  readonly strict: boolean
}

/** @throws Error that names every wrong variable and says what is expected */
export function parseLogitConfig(environment: NodeJS.ProcessEnv): LogitConfig {
  const env = parseEnvironment(logitEnvironmentSchema, environment)
  if (env.TANDEM_BASE_LISTEN !== undefined && env.TANDEM_BASE_ROLE === env.TANDEM_ROLE)
    throw new Error(
      `TANDEM_ROLE and TANDEM_BASE_ROLE are both "${env.TANDEM_ROLE}": give the two models of the pair different roles`,
    )
  return {
    ...toServiceConfig(env),
    role: env.TANDEM_ROLE,
    base: env.TANDEM_BASE_LISTEN === undefined ? null : { listen: env.TANDEM_BASE_LISTEN, role: env.TANDEM_BASE_ROLE },
    sessionTtlMs: env.TANDEM_SESSION_TTL_MS,
    maxSessions: env.TANDEM_MAX_SESSIONS,
    strict: env.TANDEM_STRICT,
  }
}
