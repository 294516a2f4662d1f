import type { Logger } from 'pino'

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
