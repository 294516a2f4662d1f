import pino, { type Logger } from 'pino'
import { z } from 'zod'

/** Sent over IPC to the parent process when this process serves. */
export interface ReadyMessage {
  readonly type: 'ready'
  /** A service's host:port, or the gateway's URL. */
  readonly address: string
  /** host:port of the base model, if the service serves both models of a pair. */
  readonly baseAddress: string | null
}

/** Parses what a child process sends over IPC. */
export const readyMessageSchema: z.ZodType<ReadyMessage> = z.object({
  type: z.literal('ready'),
  address: z.string(),
  baseAddress: z.string().nullable().default(null),
})

/** A server that runs until it is stopped. */
export interface RunningServer {
  /** A service's host:port, or the gateway's URL. */
  readonly address: string
  /** host:port of the base model, if the service serves both models of a pair. */
  readonly baseAddress?: string
  /**
   * Stops accepting requests, lets open ones finish within the drain time, and frees what the
   * server holds.
   */
  stop(): Promise<void>
}

/**
 * Runs a server as the whole life of this process:
 * starts it; sends a ReadyMessage to the parent, if there is an IPC channel; stops it on SIGTERM or
 * SIGINT and exits with code 0. A second signal exits at once with code 1. The process exits when
 * the parent does. If the start fails, one line on stderr says why and the exit code is 1.
 * @param name how messages call the process: "The gateway"
 */
export async function runServerProcess(name: string, start: () => Promise<RunningServer>): Promise<void> {
  // The parent may exit while this process starts.
  process.on('disconnect', () => process.exit(0))
  let server: RunningServer
  try {
    server = await start()
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    process.stderr.write(`${name} cannot start: ${message.replaceAll(/\s*\n\s*/g, ' ')}\n`)
    process.exit(1)
  }
  let isStopping = false
  const stop = async () => {
    if (isStopping) process.exit(1)
    isStopping = true
    await server.stop()
    process.exit(0)
  }
  // Only now: before, a signal ends the process at once, even while a model loads.
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void stop())
  const ready: ReadyMessage = { type: 'ready', address: server.address, baseAddress: server.baseAddress ?? null }
  process.send?.(ready)
}

/**
 * Creates a logger that writes to stderr before each call returns, so that the last line before a
 * crash is kept.
 */
export const createLogger = (name: string, level: string): Logger =>
  pino({ name, level }, pino.destination({ fd: 2, sync: true }))
