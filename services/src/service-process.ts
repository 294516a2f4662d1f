import pino, { type Logger } from 'pino'

export interface RunningService {
  /** host:port */
  address: string
  /** Of the base model, where the service is both models of a pair. */
  baseAddress?: string
  /** Ends what the service started; open calls get the service's grace. */
  stop(): Promise<void>
}

/**
 * The life of a service's process: starts it, tells the parent (over IPC, where there is one) that it serves, ends it with exit
 * code 0 on SIGTERM or SIGINT and at once when the parent is gone. A start that fails is one line on stderr and exit code 1.
 */
export async function runServiceProcess(name: string, start: () => Promise<RunningService>): Promise<void> {
  // The parent may go while the service starts.
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
    // A second signal does not wait.
    if (isStopping) process.exit(1)
    isStopping = true
    await service.stop()
    process.exit(0)
  }
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void stop())
  process.send?.({ type: 'ready', address: service.address, baseAddress: service.baseAddress })
}

/** A moment for the failed answers to leave before the process does. */
const lastWordsMs = 100

/** For a service whose engine has ended unasked: the process is of no use then. */
export function endWithEngine(log: Logger): (reason: string) => void {
  return (reason) => {
    log.fatal({ reason }, 'the engine has stopped, so the service does too')
    setTimeout(() => process.exit(1), lastWordsMs)
  }
}

/** Logs go to stderr, written before the call returns, so that a last line is never lost. */
export const createLogger = (name: string, level: string): Logger =>
  pino({ name, level }, pino.destination({ fd: 2, sync: true }))
