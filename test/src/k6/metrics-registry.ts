/** The types of k6's metrics. */
export type MetricType = 'counter' | 'gauge' | 'rate' | 'trend'

/** A value of a metric with its tags. */
export interface Sample {
  readonly value: number
  readonly tags: Readonly<Record<string, string>>
}

/** The metrics that k6 has itself, without those of modules that no script uses. */
const builtIn: Readonly<Record<string, MetricType>> = {
  checks: 'rate',
  data_received: 'counter',
  data_sent: 'counter',
  dropped_iterations: 'counter',
  grpc_req_duration: 'trend',
  grpc_streams: 'counter',
  grpc_streams_msgs_received: 'counter',
  grpc_streams_msgs_sent: 'counter',
  http_req_duration: 'trend',
  http_req_failed: 'rate',
  http_req_waiting: 'trend',
  http_reqs: 'counter',
  iteration_duration: 'trend',
  iterations: 'counter',
  vus: 'gauge',
  vus_max: 'gauge',
}

/** More than a few iterations give. */
const maxSamples = 10_000

/** The metrics of one run of a script. */
export class MetricsRegistry {
  private readonly types = new Map<string, MetricType>(Object.entries(builtIn))
  private readonly samples = new Map<string, Sample[]>()
  /**
   * Whether the file of the script is loading: only then k6 accepts new metrics, and no requests.
   */
  isLoading = true
  /** Tags of all samples, such as the name of the scenario. */
  tags: Readonly<Record<string, string>> = {}

  /** Adds a metric of the script. @throws Error if the script has begun, or the type differs */
  define(name: string, type: MetricType): void {
    if (!this.isLoading) throw new Error(`the metric ${name} is new: k6 expects it where the file begins`)
    if (!/^[a-zA-Z_][a-zA-Z0-9_]{0,127}$/.test(name)) throw new Error(`the metric ${name} has a wrong name`)
    const known = this.types.get(name)
    if (known !== undefined && known !== type) throw new Error(`the metric ${name} is a ${known} and a ${type}`)
    this.types.set(name, type)
  }

  /** Adds a sample. @throws Error if the value is not finite */
  add(name: string, value: number, tags: Readonly<Record<string, string>> = {}): void {
    if (!Number.isFinite(value)) throw new Error(`a sample of ${name} is ${value}: expected a number`)
    const samples = this.samples.get(name) ?? []
    if (samples.length >= maxSamples) throw new Error(`${name} has more than ${maxSamples} samples`)
    samples.push({ value, tags: { ...this.tags, ...tags } })
    this.samples.set(name, samples)
  }

  /** Returns the type of a metric; undefined if neither k6 nor the script has it. */
  typeOf(name: string): MetricType | undefined {
    return this.types.get(name)
  }

  /** Returns the samples of a metric, of those with all of these tags. */
  samplesOf(name: string, tags: Readonly<Record<string, string>> = {}): readonly Sample[] {
    const wanted = Object.entries(tags)
    return (this.samples.get(name) ?? []).filter((sample) => wanted.every(([tag, value]) => sample.tags[tag] === value))
  }

  /** The metrics of the script, in the order of their definition. */
  get ownMetrics(): readonly string[] {
    return [...this.types.keys()].filter((name) => !(name in builtIn))
  }

  /** @throws Error if the file of the script is loading: k6 sends nothing then */
  assertRunning(what: string): void {
    if (this.isLoading) throw new Error(`${what} while the file loads: k6 sends requests only in setup and iterations`)
  }
}

/** The metrics of the script that runs. A script has its own instance of this module. */
export const registry = new MetricsRegistry()
