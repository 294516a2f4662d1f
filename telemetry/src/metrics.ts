import type { Counter, Histogram, Meter, ObservableCounter, ObservableGauge, UpDownCounter } from '@opentelemetry/api'
import { engineMetrics } from './definitions/engine-metrics.js'
import { genAiMetrics } from './definitions/gen-ai-metrics.js'
import { messageMetrics } from './definitions/message-metrics.js'
import type { MetricDefinition, MetricKind } from './definitions/metric-definition.js'
import { processMetrics } from './definitions/process-metrics.js'
import { replicaMetrics } from './definitions/replica-metrics.js'
import { requestMetrics } from './definitions/request-metrics.js'
import { tokenMetrics } from './definitions/token-metrics.js'

/** The definitions of all metrics of all processes. */
export const metricDefinitions = {
  ...requestMetrics,
  ...genAiMetrics,
  ...tokenMetrics,
  ...replicaMetrics,
  ...engineMetrics,
  ...messageMetrics,
  ...processMetrics,
} as const

type Definitions = typeof metricDefinitions
/** The key of a metric in `metricDefinitions`. */
export type MetricKey = keyof Definitions

/** The instrument of each kind. */
interface Instruments {
  readonly counter: Counter
  readonly histogram: Histogram
  readonly 'up-down-counter': UpDownCounter
  readonly 'observable-counter': ObservableCounter
  readonly 'observable-gauge': ObservableGauge
}

/** The instrument of a metric. */
type InstrumentOf<K extends MetricKey> = Instruments[Definitions[K]['kind']]

/** Creates the instrument of a metric. Two calls with one meter return one metric's instruments. */
export function createInstrument<K extends MetricKey>(meter: Meter, key: K): InstrumentOf<K> {
  const definition: MetricDefinition = metricDefinitions[key]
  return create(meter, definition) as InstrumentOf<K>
}

function create(meter: Meter, { name, kind, unit, description, buckets }: MetricDefinition): Instruments[MetricKind] {
  const options = { unit, description }
  switch (kind) {
    case 'counter':
      return meter.createCounter(name, options)
    case 'up-down-counter':
      return meter.createUpDownCounter(name, options)
    case 'observable-counter':
      return meter.createObservableCounter(name, options)
    case 'observable-gauge':
      return meter.createObservableGauge(name, options)
    case 'histogram':
      return meter.createHistogram(name, { ...options, advice: { explicitBucketBoundaries: [...(buckets ?? [])] } })
  }
}

/** Returns the name of a metric in Prometheus, without the suffixes of a histogram's series. */
export function prometheusName(key: MetricKey): string {
  const { name, kind }: MetricDefinition = metricDefinitions[key]
  const isTotal = kind === 'counter' || kind === 'observable-counter'
  return `${name.replaceAll('.', '_')}${isTotal ? '_total' : ''}`
}
