import { availableParallelism, totalmem } from 'node:os'
import { z } from 'zod'
import { type ComputeDevice, computeDevicesSchema, cpu } from './engine/compute-device.js'

/** The environment variables that all services have in common. */

/** Default number of threads of each service if this many services share the machine. */
export const shareOfThreads = (services: number) => Math.max(1, Math.floor(availableParallelism() / services))

/**
 * Default KV bytes of each service: all services together take a quarter of the memory of the
 * machine or container.
 */
export const shareOfKvBytes = (services: number) => {
  const constrained = process.constrainedMemory()
  const total = constrained > 0 ? Math.min(constrained, totalmem()) : totalmem()
  return Math.floor(total / 4 / services)
}

/** An integer from `min` to `max`. */
export const wholeNumber = (min: number, max: number) => z.coerce.number().int().min(min).max(max)

/** "1" or "0"; "0" by default. */
export const flag = () =>
  z
    .enum(['0', '1'])
    .default('0')
    .transform((value) => value === '1')

/** An address to listen on: host:port, or [IPv6]:port. */
export const listenSchema = z.string().regex(/^(\[[0-9a-fA-F:.]+\]|[^:[\]]+):\d{1,5}$/, {
  error: ({ input }) => `is "${input}": expected host:port, e.g. 127.0.0.1:7001 or [::1]:7001`,
})

/** The variables that every service reads. */
export const serviceFields = {
  /** A model folder as `tandem build` makes it. */
  TANDEM_MODEL: z.string({ error: 'is not set: name a model folder, as "tandem build" makes it' }).min(1),
  /** host:port. Port 0 chooses a free port. */
  TANDEM_LISTEN: listenSchema.default('127.0.0.1:0'),
  /** Devices in the order in which they are tried: "webgpu,cpu". Other devices are not used. */
  TANDEM_DEVICE: computeDevicesSchema.default([cpu]),
  /**
   * Number of services on this machine: the defaults of threads and memory are shares of the
   * machine.
   */
  TANDEM_LOCAL_SERVICES: wholeNumber(1, 1024).default(2),
  TANDEM_THREADS: wholeNumber(1, 1024).optional(),
  /** Maximum bytes of keys and values of all sequences. */
  TANDEM_KV_BYTES: wholeNumber(1, Number.MAX_SAFE_INTEGER).optional(),
  TANDEM_MAX_QUEUE: wholeNumber(1, 100_000).default(256),
  /** Maximum number of sequences that run at once. */
  TANDEM_MAX_BATCH: wholeNumber(1, 64).default(16),
  /** Maximum number of tokens of one sequence per run. */
  TANDEM_PREFILL_CHUNK: wholeNumber(1, 65_536).default(128),
  /** Maximum duration of a request, even if the request allows more. */
  TANDEM_REQUEST_TIMEOUT_MS: wholeNumber(1, 2 ** 31 - 1).default(300_000),
  /** Time that open calls have to finish after SIGTERM. */
  TANDEM_DRAIN_MS: wholeNumber(0, 3_600_000).default(5_000),
  TANDEM_REFLECTION: flag(),
  TANDEM_LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
}

const serviceSchema = z.object(serviceFields)

/** The configuration that all services have in common. */
export interface ServiceConfig {
  readonly model: string
  readonly listen: string
  readonly devices: readonly ComputeDevice[]
  readonly threads: number
  readonly kvBytes: number
  readonly maxQueue: number
  readonly maxBatch: number
  readonly prefillChunk: number
  readonly requestTimeoutMs: number
  readonly drainMs: number
  readonly reflection: boolean
  readonly logLevel: string
}

/** Names the parsed variables, and fills in the defaults that depend on the machine. */
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

/** @throws Error that names every wrong variable and says what is expected */
export function parseEnvironment<T extends z.ZodType>(schema: T, environment: NodeJS.ProcessEnv): z.output<T> {
  const result = schema.safeParse(environment)
  if (result.success) return result.data
  throw new Error(result.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`).join('; '))
}
