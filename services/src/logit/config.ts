import { availableParallelism, totalmem } from 'node:os'
import { z } from 'zod'
import { type ComputeDevice, computeDevicesSchema, cpu } from '../engine/compute-device.js'

/** Two services share a machine in the usual set-up. */
const defaultThreads = () => Math.max(1, Math.floor(availableParallelism() / 2))

/** An eighth of the machine's memory, or of the container's where it has a limit. */
const defaultKvBytes = () => {
  const constrained = process.constrainedMemory()
  const total = constrained > 0 ? Math.min(constrained, totalmem()) : totalmem()
  return Math.floor(total / 8)
}

const whole = (least: number, most: number) => z.coerce.number().int().min(least).max(most)

const flag = () =>
  z
    .enum(['0', '1'])
    .default('0')
    .transform((value) => value === '1')

const listenSchema = z
  .string()
  .regex(/^(\[[0-9a-fA-F:.]+\]|[^:[\]]+):\d{1,5}$/, 'must be host:port, e.g. 127.0.0.1:7001 or [::1]:7001')

const environmentSchema = z.object({
  /** A model folder as `tandem build` makes it. */
  TANDEM_MODEL: z.string({ error: 'is not set: name a model folder, as "tandem build" makes it' }).min(1),
  /** What the model is in its pair: sft, dpo, or a name of the deployment's own. */
  TANDEM_ROLE: z.string({ error: 'is not set: name what the model is in its pair (sft, dpo, ...)' }).min(1).max(64),
  /** host:port; port 0 takes a free one. */
  TANDEM_LISTEN: listenSchema.default('127.0.0.1:0'),
  /** Where the base model under the adapter is served too, from the same graph; the model folder must be built for it. */
  TANDEM_BASE_LISTEN: listenSchema.optional(),
  /** What the base model is in the pair. */
  TANDEM_BASE_ROLE: z.string().min(1).max(64).default('sft'),
  /** In the order in which they are tried: "webgpu,cpu". Only what is named is used. */
  TANDEM_DEVICE: computeDevicesSchema.default([cpu]),
  TANDEM_THREADS: whole(1, 1024).default(defaultThreads),
  TANDEM_SESSION_TTL_MS: whole(10, 2 ** 31 - 1).default(300_000),
  /** Of keys and values of all sessions. */
  TANDEM_KV_BYTES: whole(1, Number.MAX_SAFE_INTEGER).default(defaultKvBytes),
  TANDEM_MAX_SESSIONS: whole(1, 100_000).default(64),
  TANDEM_MAX_QUEUE: whole(1, 100_000).default(256),
  /** Most sessions whose decode steps run at once. */
  TANDEM_MAX_BATCH: whole(1, 64).default(16),
  /** Most tokens that one session brings to a run. */
  TANDEM_PREFILL_CHUNK: whole(1, 65_536).default(128),
  /** One token of one session a run: logits are the same bits however they came about, and prompts are slow. */
  TANDEM_STRICT: flag(),
  /** The longest a request may take, whatever it asks for. */
  TANDEM_REQUEST_TIMEOUT_MS: whole(1, 2 ** 31 - 1).default(300_000),
  /** How long open streams may go on after SIGTERM. */
  TANDEM_DRAIN_MS: whole(0, 3_600_000).default(5_000),
  TANDEM_REFLECTION: flag(),
  TANDEM_LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
})

/** The environment that configures a logit service, as whoever starts one writes it. */
export type LogitEnvironment = Partial<Record<keyof typeof environmentSchema.shape, string>> & {
  TANDEM_MODEL: string
  TANDEM_ROLE: string
}

export interface LogitConfig {
  model: string
  role: string
  listen: string
  /** Null where the base model is not served beside. */
  base: { listen: string; role: string } | null
  devices: ComputeDevice[]
  threads: number
  sessionTtlMs: number
  kvBytes: number
  maxSessions: number
  maxQueue: number
  maxBatch: number
  prefillChunk: number
  strict: boolean
  requestTimeoutMs: number
  drainMs: number
  reflection: boolean
  logLevel: string
}

/** @throws Error naming every variable that is wrong, and why */
export function parseLogitConfig(environment: NodeJS.ProcessEnv): LogitConfig {
  const result = environmentSchema.safeParse(environment)
  if (!result.success)
    throw new Error(result.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`).join('; '))
  const env = result.data
  return {
    model: env.TANDEM_MODEL,
    role: env.TANDEM_ROLE,
    listen: env.TANDEM_LISTEN,
    base: env.TANDEM_BASE_LISTEN === undefined ? null : { listen: env.TANDEM_BASE_LISTEN, role: env.TANDEM_BASE_ROLE },
    devices: env.TANDEM_DEVICE,
    threads: env.TANDEM_THREADS,
    sessionTtlMs: env.TANDEM_SESSION_TTL_MS,
    kvBytes: env.TANDEM_KV_BYTES,
    maxSessions: env.TANDEM_MAX_SESSIONS,
    maxQueue: env.TANDEM_MAX_QUEUE,
    maxBatch: env.TANDEM_MAX_BATCH,
    prefillChunk: env.TANDEM_PREFILL_CHUNK,
    strict: env.TANDEM_STRICT,
    requestTimeoutMs: env.TANDEM_REQUEST_TIMEOUT_MS,
    drainMs: env.TANDEM_DRAIN_MS,
    reflection: env.TANDEM_REFLECTION,
    logLevel: env.TANDEM_LOG_LEVEL,
  }
}
