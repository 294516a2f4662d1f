import { type Meter, metrics, type Tracer, trace } from '@opentelemetry/api'

/** What code records spans and metrics with. */
export interface Telemetry {
  readonly tracer: Tracer
  readonly meter: Meter
  /** Whether spans may contain the text of prompts and answers. */
  readonly hasContent: boolean
  /** Share of the sampled requests that get a span for each token, from 0 to 1. */
  readonly tokenRatio: number
}

/** Telemetry that records nothing, for programs and tests that do without it. */
export const noTelemetry: Telemetry = {
  tracer: trace.getTracer('tandem'),
  meter: metrics.getMeter('tandem'),
  hasContent: false,
  tokenRatio: 0,
}
