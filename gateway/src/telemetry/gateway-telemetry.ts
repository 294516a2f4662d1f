import type { Tracer } from '@opentelemetry/api'
import type { TimelineMessage } from '@tandem/process'
import { noTelemetry, type Telemetry } from '@tandem/telemetry'
import { createGatewayMetrics, type GatewayMetrics } from './gateway-metrics.js'

/** What the recorders of all requests share. */
export interface GatewayTelemetry {
  readonly tracer: Tracer
  readonly metrics: GatewayMetrics
  readonly hasContent: boolean
  readonly tokenRatio: number
  /** Receives the times of each finished request, for `tandem up --trace`; null if nobody asks. */
  readonly sendTimeline: ((timeline: TimelineMessage) => void) | null
}

/** Creates the gateway's telemetry. */
export const createGatewayTelemetry = (
  pairName: string,
  { tracer, meter, hasContent, tokenRatio }: Telemetry = noTelemetry,
  sendTimeline: GatewayTelemetry['sendTimeline'] = null,
): GatewayTelemetry => ({
  tracer,
  metrics: createGatewayMetrics(meter, pairName),
  hasContent,
  tokenRatio,
  sendTimeline,
})
