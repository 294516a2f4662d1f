/** What a program needs to check settings of telemetry without OpenTelemetry's modules. */
export { metricsKeySchema } from './environment.js'
export { resolveMetricsAddress } from './metrics-access.js'
