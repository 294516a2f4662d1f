import type { Attributes } from '@opentelemetry/api'
import { attributeNames as names, spanNames } from '@tandem/telemetry'
import type { Failover } from '../session/failover/failover.js'
import type { GatewayMetrics } from './gateway-metrics.js'
import type { RequestSpan } from './request-span.js'

/** Counts a failover after which work continued, and records its pause. */
export function countFailover({ model, failovers, failoverPause }: GatewayMetrics, failover: Failover): void {
  if (failover.to === null) return
  const attributes = { ...model, model: failover.model }
  failovers.add(1, { ...attributes, reason: failover.reason })
  failoverPause.record((failover.endMs - failover.startMs) / 1000, attributes)
}

/** Records the failovers of one request: their metrics, their spans and their number. */
export class RequestFailovers {
  /** Failovers after which the request continued. */
  count = 0

  constructor(private readonly metrics: GatewayMetrics) {}

  /** @param span the request's span; null if it has not begun */
  add(failover: Failover, span: RequestSpan | null): void {
    countFailover(this.metrics, failover)
    if (failover.to !== null) this.count++
    span?.addChild(spanNames.failover, failover.startMs, failover.endMs, attributesOf(failover))
  }
}

const attributesOf = ({ model, reason, from, to }: Failover): Attributes => ({
  [names.model]: model,
  [names.failoverReason]: reason,
  [names.failoverFrom]: from,
  ...(to === null ? {} : { [names.failoverTo]: to }),
})
