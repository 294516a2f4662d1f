import { partBuckets, smallCountBuckets } from './buckets.js'
import { type MetricDefinitions, roleOfModel, services } from './metric-definition.js'

/** Metrics of messages, in the services. */
export const messageMetrics = {
  batchSize: {
    name: 'tandem.batch_size',
    kind: 'histogram',
    unit: '',
    description: 'Forwards in a run that a message took part in, by kind of the run: decode or prefill.',
    attributes: [...roleOfModel, 'kind'],
    processes: services,
    buckets: smallCountBuckets,
  },
  serviceQueueTime: {
    name: 'tandem.service_queue_time_seconds',
    kind: 'histogram',
    unit: 's',
    description: 'Time of a message from its arrival in the service to its first run.',
    attributes: roleOfModel,
    processes: services,
    buckets: partBuckets,
  },
  serviceComputeTime: {
    name: 'tandem.service_compute_time_seconds',
    kind: 'histogram',
    unit: 's',
    description: 'Time of the runs that a message took part in.',
    attributes: roleOfModel,
    processes: services,
    buckets: partBuckets,
  },
  serviceErrors: {
    name: 'tandem.service_errors',
    kind: 'counter',
    unit: '',
    description: 'Messages and steps that were refused or failed, by gRPC status. Cancelled messages do not count.',
    attributes: [...roleOfModel, 'code'],
    processes: services,
  },
} as const satisfies MetricDefinitions
