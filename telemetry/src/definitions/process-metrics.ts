import { all, type MetricDefinitions } from './metric-definition.js'

/** Metrics of every process. */
export const processMetrics = {
  eventLoopDelay: {
    name: 'tandem.event_loop_delay_seconds',
    kind: 'observable-gauge',
    unit: 's',
    description: 'Delay of the event loop in the last 10 seconds, by statistic: p50, p99 or max.',
    // In Prometheus's naming rules, `quantile` is a label of summaries only.
    attributes: ['statistic'],
    processes: all,
  },
  eventLoopBusy: {
    name: 'tandem.event_loop_busy_seconds',
    kind: 'observable-counter',
    unit: 's',
    description: 'Time in which the event loop was not idle.',
    attributes: [],
    processes: all,
  },
  memory: {
    name: 'process.memory.usage',
    kind: 'observable-gauge',
    unit: 'By',
    description: 'Resident memory of the process.',
    attributes: [],
    processes: all,
  },
  cpuTime: {
    name: 'process.cpu.time',
    kind: 'observable-counter',
    unit: 's',
    description: 'CPU time of the process, of all its threads.',
    attributes: ['cpu.mode'],
    processes: all,
  },
} as const satisfies MetricDefinitions
