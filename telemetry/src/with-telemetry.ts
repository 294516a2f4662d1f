import type { RunningServer } from '@tandem/process'
import type { RunningTelemetry } from './start.js'

/** Adds telemetry to a server: the URL of its metrics, and the last export after it has stopped. */
export const withTelemetry = (server: RunningServer, telemetry: RunningTelemetry): RunningServer => ({
  ...server,
  metricsUrl: telemetry.metricsUrl,
  stop: async () => {
    try {
      await server.stop()
    } finally {
      await telemetry.stop()
    }
  },
})
