/**
 * Tracing and metrics, by OpenTelemetry: all names, the instruments and the set-up that every
 * process shares. It knows nothing of HTTP, gRPC or decoding.
 */
export { attributeNames, conventionsVersion, spanNames } from './attributes.js'
export { metricsKeySchema, parseTelemetryConfig, type TelemetryConfig } from './environment.js'
export {
  createInstrument,
  type MetricKey,
  metricDefinitions,
  prometheusName,
} from './metrics.js'
export { type MetricsAccess, resolveMetricsAddress } from './metrics-access.js'
export { type RunningTelemetry, startTelemetry, type TelemetryOptions } from './start.js'
export { noTelemetry, type Telemetry } from './telemetry.js'
export { withTelemetry } from './with-telemetry.js'
