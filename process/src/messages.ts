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

/** Sent over IPC by the parent process to ask whether this process still runs. */
export interface PingMessage {
  readonly type: 'ping'
}

/** Parses the PingMessage of the parent process. */
export const pingMessageSchema = z.object({ type: z.literal('ping') }) satisfies z.ZodType<PingMessage>

/** The answer to a PingMessage. */
export interface PongMessage {
  readonly type: 'pong'
}

const pongMessageSchema = z.object({ type: z.literal('pong') }) satisfies z.ZodType<PongMessage>

/** Parses everything that a child process sends over IPC. */
export const processMessageSchema = z.discriminatedUnion('type', [
  readyMessageSchema,
  pongMessageSchema,
  timelineMessageSchema,
])
