export { parseSamples, type RecordedTelemetry, type RecordedValue, recordTelemetry } from './record-telemetry.js'
