import { availableParallelism, totalmem } from 'node:os'
import {
  flagVariable,
  type GrpcSecurity,
  grpcSecurityFields,
  integerVariable,
  listenSchema,
  logLevelSchema,
  toGrpcSecurity,
} from '@tandem/process'
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

/** The variables that every service reads. */
export const serviceFields = {
  /** A model folder as `tandem build` makes it. */
  TANDEM_MODEL: z.string({ error: 'is not set: name a model folder, as "tandem build" makes it' }).min(1),
  /** host:port. Port 0 chooses a free port. */
  TANDEM_LISTEN: listenSchema.default('127.0.0.1:0'),
  /**
   * host:port of a second listener that only answers health checks, without TLS: for probes that
   * speak none.
   */
  TANDEM_HEALTH_LISTEN: listenSchema.optional(),
  ...grpcSecurityFields,
  /** Devices in the order in which they are tried: "webgpu,cpu". Other devices are not used. */
  TANDEM_DEVICE: computeDevicesSchema.default([cpu]),
  /**
   * Number of services on this machine: the defaults of threads and memory are shares of the
   * machine.
   */
  TANDEM_LOCAL_SERVICES: integerVariable(1, 1024).default(2),
  TANDEM_THREADS: integerVariable(1, 1024).optional(),
  /** Maximum bytes of keys and values of all sequences. */
  TANDEM_KV_BYTES: integerVariable(1, Number.MAX_SAFE_INTEGER).optional(),
  TANDEM_MAX_QUEUE: integerVariable(1, 100_000).default(256),
  /** Maximum number of sequences that run at once. */
  TANDEM_MAX_BATCH: integerVariable(1, 64).default(16),
  /** Maximum number of tokens of one sequence per run. */
  TANDEM_PREFILL_CHUNK: integerVariable(1, 65_536).default(96),
  /** Maximum duration of a request, even if the request allows more. */
  TANDEM_REQUEST_TIMEOUT_MS: integerVariable(1, 2 ** 31 - 1).default(300_000),
  /**
   * Time after SIGTERM in which connected gateways can still begin calls. A gateway asks for the
   * health once a second, so that it learns of the end within this time.
   */
  TANDEM_HANDOVER_MS: integerVariable(0, 3_600_000).default(3_000),
  /** Time that open calls have to finish after SIGTERM. The hand-over is a part of it. */
  TANDEM_DRAIN_MS: integerVariable(0, 3_600_000).default(5_000),
  TANDEM_REFLECTION: flagVariable(),
  /** Label of the deployment: a request uses only models with the same label. */
  TANDEM_RELEASE: z.string().max(64).default(''),
  TANDEM_LOG_LEVEL: logLevelSchema,
}

const serviceSchema = z.object(serviceFields)

/** The configuration that all services have in common. */
export interface ServiceConfig {
  readonly model: string
  readonly listen: string
  /** Null: health checks are only answered next to the service. */
  readonly healthListen: string | null
  readonly security: GrpcSecurity
  readonly devices: readonly ComputeDevice[]
  readonly threads: number
  readonly kvBytes: number
  readonly maxQueue: number
  readonly maxBatch: number
  readonly prefillChunk: number
  readonly requestTimeoutMs: number
  readonly handoverMs: number
  readonly drainMs: number
  readonly reflection: boolean
  readonly release: string
  readonly logLevel: string
}

/** Names the parsed variables, and fills in the defaults that depend on the machine. */
export const toServiceConfig = (env: z.output<typeof serviceSchema>): ServiceConfig => ({
  model: env.TANDEM_MODEL,
  listen: env.TANDEM_LISTEN,
  healthListen: env.TANDEM_HEALTH_LISTEN ?? null,
  security: toGrpcSecurity(env),
  devices: env.TANDEM_DEVICE,
  threads: env.TANDEM_THREADS ?? shareOfThreads(env.TANDEM_LOCAL_SERVICES),
  kvBytes: env.TANDEM_KV_BYTES ?? shareOfKvBytes(env.TANDEM_LOCAL_SERVICES),
  maxQueue: env.TANDEM_MAX_QUEUE,
  maxBatch: env.TANDEM_MAX_BATCH,
  prefillChunk: env.TANDEM_PREFILL_CHUNK,
  requestTimeoutMs: env.TANDEM_REQUEST_TIMEOUT_MS,
  handoverMs: env.TANDEM_HANDOVER_MS,
  drainMs: env.TANDEM_DRAIN_MS,
  reflection: env.TANDEM_REFLECTION,
  release: env.TANDEM_RELEASE,
  logLevel: env.TANDEM_LOG_LEVEL,
})
