import pino, { type Logger } from 'pino'

/** The message that a service sends to its parent over IPC once it serves. */
export interface ServiceReady {
  readonly type: 'ready'
  /** host:port */
  readonly address: string
  /** host:port of the base model, if the service serves both models of a pair. */
  readonly baseAddress?: string | undefined
}

/** A service that listens. */
export interface RunningService {
  /** host:port */
  readonly address: string
  /** host:port of the base model, if the service serves both models of a pair. */
  readonly baseAddress?: string
  /**
   * Stops everything that the service started; open calls may finish within the service's drain
   * time.
   */
  stop(): Promise<void>
}

/**
 * Runs the process of a service: starts it, and tells the parent over IPC (if it has one) that it
 * serves. The process ends with exit code 0 on SIGTERM or SIGINT, and at once if the parent has
 * ended. If the start fails, it writes one line to stderr and ends with exit code 1.
 */
export async function runServiceProcess(name: string, start: () => Promise<RunningService>): Promise<void> {
  // The parent may end while the service starts.
  process.on('disconnect', () => process.exit(0))
  let service: RunningService
  try {
    service = await start()
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    process.stderr.write(`${name} cannot start: ${message.replaceAll(/\s*\n\s*/g, ' ')}\n`)
    process.exit(1)
  }
  let isStopping = false
  const stop = async () => {
    // A second signal ends the process at once.
    if (isStopping) process.exit(1)
    isStopping = true
    await service.stop()
    process.exit(0)
  }
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void stop())
  const { address, baseAddress } = service
  process.send?.({ type: 'ready', address, baseAddress } satisfies ServiceReady)
}

/** Time for the failed answers to be sent before the process ends, in milliseconds. */
const lastAnswersMs = 100

/**
 * Returns the handler for an engine that ends without being stopped: it ends the process, which
 * cannot serve any more.
 */
export function endWithEngine(log: Logger): (reason: string) => void {
  return (reason) => {
    log.fatal({ reason }, 'the engine has stopped, so the service stops too')
    setTimeout(() => process.exit(1), lastAnswersMs)
  }
}

/**
 * Creates a logger to stderr. It writes before the call returns, so that the last line is never
 * lost.
 */
export const createLogger = (name: string, level: string): Logger =>
  pino({ name, level }, pino.destination({ fd: 2, sync: true }))
