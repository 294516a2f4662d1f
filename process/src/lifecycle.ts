import { constants } from 'node:os'
import { isatty } from 'node:tty'
import pino, { type Logger } from 'pino'
import { collectEachMinute } from './collect-garbage.js'
import { createLogFormatter, hasColours } from './log-lines.js'
import { messageOf } from './message-of.js'
import { type PongMessage, pingMessageSchema, type ReadyMessage } from './messages.js'

/** What ends a process in its order. */
const stopSignals = ['SIGTERM', 'SIGINT'] as const
/** The longest time of a timer of Node. */
const maxTimerMs = 2 ** 31 - 1

/** A server that runs until it is stopped. */
export interface RunningServer {
  /** A service's host:port, or the gateway's URL. */
  readonly address: string
  /** host:port of the base model, if the service serves both models of a pair. */
  readonly baseAddress?: string
  /** The URL of the metrics; missing or null if they are off. */
  readonly metricsUrl?: string | null
  /**
   * Stops accepting requests, lets open ones finish within the drain time, and frees what the
   * server holds.
   */
  stop(): Promise<void>
}

/**
 * Runs a server as the whole life of this process:
 * starts it; sends a ReadyMessage to the parent, if there is an IPC channel, and answers its pings;
 * collects its garbage each minute;
 * stops it on SIGTERM or SIGINT and exits with code 0. A second signal exits at once with code 1.
 * The process exits when the parent does. If the start fails, one line on stderr says why and the
 * exit code is 1.
 * @param name how messages call the process: "The gateway"
 */
export async function runServerProcess(name: string, start: () => Promise<RunningServer>): Promise<void> {
  // The parent may exit while this process starts.
  process.on('disconnect', () => process.exit(0))
  const release = holdWhileStarting()
  let server: RunningServer
  try {
    server = await start()
  } catch (error) {
    const message = messageOf(error)
    process.stderr.write(`${name} cannot start: ${message.replaceAll(/\s*\n\s*/g, ' ')}\n`)
    process.exit(1)
  }
  collectEachMinute()
  let isStopping = false
  const stop = async () => {
    if (isStopping) process.exit(1)
    isStopping = true
    await server.stop()
    process.exit(0)
  }
  // Only now: before, a signal ends the process at once, even while a model loads.
  for (const signal of stopSignals) process.on(signal, () => void stop())
  release()
  process.on('message', (sent) => {
    if (pingMessageSchema.safeParse(sent).success) process.send?.(pong)
  })
  process.send?.(readyMessage(server))
}

const pong: PongMessage = { type: 'pong' }

/**
 * Keeps the process alive while it starts, also if all that it waits for is a timer that does not.
 * Process 1 of a container ignores a signal without a listener, so it gets listeners that end it.
 * @returns a function that ends both
 */
function holdWhileStarting(): () => void {
  const hold = setInterval(() => undefined, maxTimerMs)
  const end = (signal: (typeof stopSignals)[number]) => process.exit(128 + constants.signals[signal])
  const signals = process.pid === 1 ? stopSignals : []
  for (const signal of signals) process.on(signal, end)
  return () => {
    clearInterval(hold)
    for (const signal of signals) process.off(signal, end)
  }
}

const readyMessage = ({ address, baseAddress, metricsUrl }: RunningServer): ReadyMessage => ({
  type: 'ready',
  address,
  baseAddress: baseAddress ?? null,
  metricsUrl: metricsUrl ?? null,
})

const stderrFile = 2

/**
 * Creates a logger that writes to stderr before each call returns, so that the last line before a
 * crash is kept. It writes JSON, or readable lines if stderr is a terminal.
 */
export function createLogger(name: string, level: string, isTerminal: boolean = isatty(stderrFile)): Logger {
  const stderr = pino.destination({ fd: stderrFile, sync: true })
  if (!isTerminal) return pino({ name, level }, stderr)
  // Not pino-pretty's own stream: it writes the first lines only after the call.
  const format = createLogFormatter({ hasColours: hasColours(isTerminal, process.env), hasName: true })
  return pino({ name, level }, { write: (line) => void stderr.write(`${format(line.trimEnd())}\n`) })
}
