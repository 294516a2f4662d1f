import { type MetricType, registry } from '../metrics-registry.js'

/** A class of k6's own metrics. */
const metricOf = (type: MetricType) =>
  class {
    constructor(readonly name: string) {
      registry.define(name, type)
    }

    add(value: number | boolean, tags: Record<string, string> = {}): void {
      registry.add(this.name, Number(value), tags)
    }
  }

/** A sum. */
export const Counter = metricOf('counter')
/** The last value. */
export const Gauge = metricOf('gauge')
/** The share of values that are not zero. */
export const Rate = metricOf('rate')
/** A distribution. */
export const Trend = metricOf('trend')
