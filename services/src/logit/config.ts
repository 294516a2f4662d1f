import { z } from 'zod'
import {
  flag,
  listenSchema,
  parseEnvironment,
  type ServiceConfig,
  serviceFields,
  toServiceConfig,
  whole,
} from '../service-config.js'

const { TANDEM_MODEL, ...commonFields } = serviceFields

/** The environment that configures a logit service. */
export const logitEnvironmentSchema = z.object({
  TANDEM_MODEL,
  /** What the model is in its pair: sft, dpo, or a name of the deployment's own. */
  TANDEM_ROLE: z.string({ error: 'is not set: name what the model is in its pair (sft, dpo, ...)' }).min(1).max(64),
  ...commonFields,
  /** Where the base model under the adapter is served too, from the same graph; the model folder must be built for it. */
  TANDEM_BASE_LISTEN: listenSchema.optional(),
  /** What the base model is in the pair. */
  TANDEM_BASE_ROLE: z.string().min(1).max(64).default('sft'),
  TANDEM_SESSION_TTL_MS: whole(10, 2 ** 31 - 1).default(300_000),
  TANDEM_MAX_SESSIONS: whole(1, 100_000).default(64),
  /** One token of one session a run: logits are the same bits however they came about, and prompts are slow. */
  TANDEM_STRICT: flag(),
})

/** The same, as whoever starts a service writes it. */
export type LogitEnvironment = Partial<Record<keyof typeof logitEnvironmentSchema.shape, string>> & {
  TANDEM_MODEL: string
  TANDEM_ROLE: string
}

export interface LogitConfig extends ServiceConfig {
  role: string
  /** Null where the base model is not served beside. */
  base: { listen: string; role: string } | null
  sessionTtlMs: number
  maxSessions: number
  strict: boolean
}

/** @throws Error naming every variable that is wrong, and why */
export function parseLogitConfig(environment: NodeJS.ProcessEnv): LogitConfig {
  const env = parseEnvironment(logitEnvironmentSchema, environment)
  if (env.TANDEM_BASE_LISTEN !== undefined && env.TANDEM_BASE_ROLE === env.TANDEM_ROLE)
    throw new Error(
      `TANDEM_ROLE and TANDEM_BASE_ROLE are both "${env.TANDEM_ROLE}": name what each of the two models is in the pair`,
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
