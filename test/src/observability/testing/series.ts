import { type MetricKey, metricDefinitions, prometheusName } from '@tandem/telemetry'

/** Labels that Prometheus adds to every series of a target. */
const targetLabels = ['job', 'instance']
const componentLabels = ['otel_component_name', 'otel_component_type']

/** Series that are not Tandem's: of Prometheus and of OpenTelemetry's library. */
const foreignSeries: Readonly<Record<string, readonly string[]>> = {
  up: [],
  target_info: ['service_name', 'service_version', 'service_instance_id', 'host_name', 'process_pid'],
  otel_sdk_processor_span_processed_total: [...componentLabels, 'error_type'],
  otel_sdk_processor_span_queue_size: componentLabels,
}

/** Every metric of Tandem, by its key. */
export const metricKeys = Object.keys(metricDefinitions) as MetricKey[]

/** Returns the name of a label in Prometheus. */
export const labelOf = (attribute: string): string => attribute.replaceAll('.', '_')

/** Returns the names of a metric's series in Prometheus. */
export function seriesOf(key: MetricKey): string[] {
  const name = prometheusName(key)
  return metricDefinitions[key].kind === 'histogram'
    ? ['bucket', 'sum', 'count'].map((part) => `${name}_${part}`)
    : [name]
}

/** Returns the labels of every series that a query may read, by name. */
export function labelsBySeries(): ReadonlyMap<string, readonly string[]> {
  const own = metricKeys.flatMap((key) =>
    seriesOf(key).map((series): [string, string[]] => {
      const labels = metricDefinitions[key].attributes.map(labelOf)
      return [series, [...labels, ...targetLabels, ...(series.endsWith('_bucket') ? ['le'] : [])]]
    }),
  )
  const foreign = Object.entries(foreignSeries).map(([name, labels]) => [name, [...labels, ...targetLabels]] as const)
  return new Map([...own, ...foreign])
}
