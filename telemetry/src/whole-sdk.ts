import type { Resource, ResourceDetector } from '@opentelemetry/resources'
import type { IMetricReader } from '@opentelemetry/sdk-metrics'
import { NodeSDK } from '@opentelemetry/sdk-node'
import type { TelemetryConfig } from './environment.js'
import { RootContextManager } from './root-context.js'
import { createJoiningSampler, createSampler } from './sampler.js'

/** What an SDK is set up with. */
export interface SdkOptions {
  readonly resource: Resource
  /** Detectors of more attributes of the resource. */
  readonly detectors: readonly ResourceDetector[]
  readonly readers: readonly IMetricReader[]
}

/**
 * Registers the whole SDK: metrics, spans, and what `OTEL_*` variables ask for.
 * @returns its shutdown
 */
export function startWholeSdk(
  { resource, detectors, readers }: SdkOptions,
  config: TelemetryConfig,
  startsTraces: boolean,
  environment: NodeJS.ProcessEnv,
): () => Promise<void> {
  const sdk = new NodeSDK({
    metricReaders: [...readers],
    sampler: startsTraces ? createSampler(environment) : createJoiningSampler(),
    contextManager: new RootContextManager(),
    resource,
    ...(environment.OTEL_NODE_RESOURCE_DETECTORS ? {} : { resourceDetectors: [...detectors] }),
    ...(config.exportsTraces ? {} : { spanProcessors: [] }),
  })
  sdk.start()
  return () => sdk.shutdown()
}
