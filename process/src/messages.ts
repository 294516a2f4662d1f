import { z } from 'zod'
import { timelineMessageSchema } from './timeline.js'

/** Sent over IPC to the parent process when this process serves. */
export interface ReadyMessage {
  readonly type: 'ready'
  /** A service's host:port, or the gateway's URL. */
  readonly address: string
  /** host:port of the base model, if the service serves both models of a pair. */
  readonly baseAddress: string | null
  /** The URL of the metrics; null if they are off. */
  readonly metricsUrl: string | null
}

/** Parses the ReadyMessage of a child process. */
export const readyMessageSchema = z.object({
  type: z.literal('ready'),
  address: z.string(),
  baseAddress: z.string().nullable().default(null),
  metricsUrl: z.string().nullable().default(null),
}) satisfies z.ZodType<ReadyMessage>

/** Parses everything that a child process sends over IPC. */
export const processMessageSchema = z.discriminatedUnion('type', [readyMessageSchema, timelineMessageSchema])
