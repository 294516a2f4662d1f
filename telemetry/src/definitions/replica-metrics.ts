import { durationBuckets } from './buckets.js'
import { gateway, type MetricDefinitions, model } from './metric-definition.js'

/** Metrics of replicas and failovers, in the gateway. */
export const replicaMetrics = {
  replicas: {
    name: 'tandem.replicas',
    kind: 'observable-gauge',
    unit: '',
    description:
      'Replicas of a model, by state: connecting, ready, draining, ejected, refused. A state without replicas is 0.',
    // No address: those of pods change, and an observed series never ends. How full a replica is,
    // its own metrics say.
    attributes: [...model, 'service', 'model', 'state'],
    processes: gateway,
  },
  failovers: {
    name: 'tandem.failovers',
    kind: 'counter',
    unit: '',
    description:
      'Session sets and reward calls that continued on another replica, or on the successor of their own, by reason.',
    attributes: [...model, 'model', 'reason'],
    processes: gateway,
  },
  failoverPause: {
    name: 'tandem.failover_pause_seconds',
    kind: 'histogram',
    unit: 's',
    description: 'Time from the call that failed until a replica took over. Computing the tokens again is not in it.',
    attributes: [...model, 'model'],
    processes: gateway,
    buckets: durationBuckets,
  },
} as const satisfies MetricDefinitions
