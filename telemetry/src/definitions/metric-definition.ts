/** A process that has a metric. */
type MetricProcess = 'gateway' | 'logit' | 'reward'

/** The kind of an instrument. */
export type MetricKind = 'counter' | 'histogram' | 'up-down-counter' | 'observable-counter' | 'observable-gauge'

/**
 * The definition of a metric. definitions/ only names metrics; it does not record them. In
 * Prometheus a name has underscores instead of dots, and counters end with `_total`:
 * `tandem_prompt_tokens_total`. Names that vLLM has too, after its `vllm:`, mean what they mean
 * there.
 */
export interface MetricDefinition {
  readonly name: string
  readonly kind: MetricKind
  /** A unit of UCUM, as OpenTelemetry writes it: `s`, `By`, `{token}`; empty for a plain number. */
  readonly unit: string
  readonly description: string
  readonly attributes: readonly string[]
  readonly processes: readonly MetricProcess[]
  /** Upper bounds of the buckets of a histogram. */
  readonly buckets?: readonly number[]
}

/** A group of definitions. */
export type MetricDefinitions = Readonly<Record<string, MetricDefinition>>

/** The processes of the gateway's metrics. */
export const gateway = ['gateway'] as const
/** The processes of the services' metrics. */
export const services = ['logit', 'reward'] as const
/** All processes. */
export const all = ['gateway', 'logit', 'reward'] as const

/** The label of the served model, as in vLLM. */
export const model = ['model_name'] as const
/** The label of the served model, and of the API key if there are keys. */
export const ofKey = ['model_name', 'key'] as const
/** The labels of a service's model. */
export const roleOfModel = ['model_name', 'role'] as const
