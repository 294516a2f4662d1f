import { availableParallelism, totalmem } from 'node:os'
import { z } from 'zod'
import { type ComputeDevice, computeDevicesSchema, cpu } from './engine/compute-device.js'

/** What the environments of all services have in common. */

/** Threads of each of so many services on this machine. */
export const shareOfThreads = (services: number) => Math.max(1, Math.floor(availableParallelism() / services))

/** All services together take a quarter of the machine's memory, or of the container's where it has a limit. */
export const shareOfKvBytes = (services: number) => {
  const constrained = process.constrainedMemory()
  const total = constrained > 0 ? Math.min(constrained, totalmem()) : totalmem()
  return Math.floor(total / 4 / services)
}

export const whole = (least: number, most: number) => z.coerce.number().int().min(least).max(most)

export const flag = () =>
  z
    .enum(['0', '1'])
    .default('0')
    .transform((value) => value === '1')

export const listenSchema = z
  .string()
  .regex(/^(\[[0-9a-fA-F:.]+\]|[^:[\]]+):\d{1,5}$/, 'must be host:port, e.g. 127.0.0.1:7001 or [::1]:7001')

export const serviceFields = {
  /** A model folder as `tandem build` makes it. */
  TANDEM_MODEL: z.string({ error: 'is not set: name a model folder, as "tandem build" makes it' }).min(1),
  /** host:port; port 0 takes a free one. */
  TANDEM_LISTEN: listenSchema.default('127.0.0.1:0'),
  /** In the order in which they are tried: "webgpu,cpu". Only what is named is used. */
  TANDEM_DEVICE: computeDevicesSchema.default([cpu]),
  /** How many services share this machine: threads and memory that are not set are shares of it. */
  TANDEM_LOCAL_SERVICES: whole(1, 1024).default(2),
  TANDEM_THREADS: whole(1, 1024).optional(),
  /** Of keys and values of all sequences. */
  TANDEM_KV_BYTES: whole(1, Number.MAX_SAFE_INTEGER).optional(),
  TANDEM_MAX_QUEUE: whole(1, 100_000).default(256),
  /** Most sequences that run at once. */
  TANDEM_MAX_BATCH: whole(1, 64).default(16),
  /** Most tokens that one sequence brings to a run. */
  TANDEM_PREFILL_CHUNK: whole(1, 65_536).default(128),
  /** The longest a request may take, whatever it asks for. */
  TANDEM_REQUEST_TIMEOUT_MS: whole(1, 2 ** 31 - 1).default(300_000),
  /** How long open calls may go on after SIGTERM. */
  TANDEM_DRAIN_MS: whole(0, 3_600_000).default(5_000),
  TANDEM_REFLECTION: flag(),
  TANDEM_LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
}

const serviceSchema = z.object(serviceFields)

export interface ServiceConfig {
  model: string
  listen: string
  devices: ComputeDevice[]
  threads: number
  kvBytes: number
  maxQueue: number
  maxBatch: number
  prefillChunk: number
  requestTimeoutMs: number
  drainMs: number
  reflection: boolean
  logLevel: string
}

export const toServiceConfig = (env: z.output<typeof serviceSchema>): ServiceConfig => ({
  model: env.TANDEM_MODEL,
  listen: env.TANDEM_LISTEN,
  devices: env.TANDEM_DEVICE,
  threads: env.TANDEM_THREADS ?? shareOfThreads(env.TANDEM_LOCAL_SERVICES),
  kvBytes: env.TANDEM_KV_BYTES ?? shareOfKvBytes(env.TANDEM_LOCAL_SERVICES),
  maxQueue: env.TANDEM_MAX_QUEUE,
  maxBatch: env.TANDEM_MAX_BATCH,
  prefillChunk: env.TANDEM_PREFILL_CHUNK,
  requestTimeoutMs: env.TANDEM_REQUEST_TIMEOUT_MS,
  drainMs: env.TANDEM_DRAIN_MS,
  reflection: env.TANDEM_REFLECTION,
  logLevel: env.TANDEM_LOG_LEVEL,
})

/** @throws Error naming every variable that is wrong, and why */
export function parseEnvironment<T extends z.ZodType>(schema: T, environment: NodeJS.ProcessEnv): z.output<T> {
  const result = schema.safeParse(environment)
  if (result.success) return result.data
  throw new Error(result.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`).join('; '))
}
