import type { Telemetry } from '@tandem/telemetry'
import { type MessageSpan, recordSpans } from './message-spans.js'
import type { ServedMessage } from './served-message.js'
import { ServiceMetrics } from './service-metrics.js'

/**
 * telemetry/ turns what the service measures into metrics and spans; it does not know messages,
 * tokens or how work is computed.
 */

/** Records messages once they have been answered. */
export type MessageRecorder = (message: ServedMessage) => void

/**
 * Creates the recorder of a service: metrics for each message, and spans for messages of a sampled
 * trace.
 * @param modelName id of the model in its manifest
 */
export function createMessageRecorder(
  { meter, tracer }: Telemetry,
  modelName: string,
  span: MessageSpan,
): MessageRecorder {
  const metrics = new ServiceMetrics(meter, modelName)
  const record = (message: ServedMessage) => {
    metrics.record(message)
    recordSpans(tracer, span, message)
  }
  // The answer leaves first: recording takes some 10 us, or 25 us with spans.
  return (message) => void setImmediate(record, message)
}
