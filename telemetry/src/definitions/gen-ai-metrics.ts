import { durationBuckets, firstTokenBuckets, perTokenBuckets } from './buckets.js'
import { gateway, type MetricDefinitions } from './metric-definition.js'

/** Metrics of requests with the names of OpenTelemetry's conventions for generative AI. */
export const genAiMetrics = {
  serverTimeToFirstToken: {
    name: 'gen_ai.server.time_to_first_token',
    kind: 'histogram',
    unit: 's',
    description: 'Time to generate the first token of an answer that succeeded.',
    attributes: ['gen_ai.operation.name', 'gen_ai.provider.name', 'gen_ai.request.model', 'gen_ai.response.model'],
    processes: gateway,
    buckets: firstTokenBuckets,
  },
  serverTimePerToken: {
    name: 'gen_ai.server.time_per_output_token',
    kind: 'histogram',
    unit: 's',
    description: 'Time per token after the first one, for answers that succeeded.',
    attributes: ['gen_ai.operation.name', 'gen_ai.provider.name', 'gen_ai.request.model', 'gen_ai.response.model'],
    processes: gateway,
    buckets: perTokenBuckets,
  },
  serverDuration: {
    name: 'gen_ai.server.request.duration',
    kind: 'histogram',
    unit: 's',
    description: 'Duration of a request.',
    attributes: [
      'gen_ai.operation.name',
      'gen_ai.provider.name',
      'gen_ai.request.model',
      'gen_ai.response.model',
      'error.type',
    ],
    processes: gateway,
    buckets: durationBuckets,
  },
} as const satisfies MetricDefinitions
