import { inspect } from 'node:util'
import { DiagLogLevel, diag } from '@opentelemetry/api'
import { setGlobalErrorHandler } from '@opentelemetry/core'
import type { Logger } from 'pino'

/**
 * Logs the faults of telemetry: the first one as a warning, the others at debug. A collector that
 * does not answer fails every few seconds, and answers are not affected.
 */
export function reportFaults(log: Logger): void {
  let isFirst = true
  const report = (message: string) => {
    const text = `telemetry is not exported: ${message}`
    if (isFirst) log.warn(`${text}. Answers are not affected; further faults of telemetry are logged at debug`)
    else log.debug(text)
    isFirst = false
  }
  setGlobalErrorHandler((error) => report(describe(error)))
  // Warnings, such as that of dropped spans, must not use up the one warning of a dead collector.
  const debug = (message: string) => log.debug(`OpenTelemetry: ${message}`)
  diag.setLogger(
    { error: report, warn: debug, info: debug, debug, verbose: debug },
    { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true },
  )
}

function describe(error: unknown): string {
  if (error instanceof Error) return error.message || ('code' in error ? String(error.code) : error.name)
  return typeof error === 'string' ? error : inspect(error, { breakLength: Number.POSITIVE_INFINITY })
}
