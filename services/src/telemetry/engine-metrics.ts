import type { BatchObservableResult, Meter } from '@opentelemetry/api'
import { createInstrument } from '@tandem/telemetry'
import type { EngineStats, EngineStatValues } from '../engine/engine-stats.js'
import { joinRoles } from './join-roles.js'

/** The model of an engine. */
export interface EngineModel {
  readonly modelName: string
  /** The roles that the engine serves. Both models of a pair share its sessions and its memory. */
  readonly roles: readonly string[]
}

/** The metrics that read the engine's statistics, and how each reads them. */
const readers = {
  sessions: ({ sessions }) => sessions,
  sessionLimit: ({ sessionLimit }) => sessionLimit,
  kvBytes: ({ kvBytes }) => kvBytes,
  kvLimit: ({ kvLimit }) => kvLimit,
  kvUsage: ({ kvBytes, kvLimit }) => kvBytes / kvLimit,
  prefixQueries: ({ prefixQueries }) => prefixQueries,
  prefixHits: ({ prefixHits }) => prefixHits,
  evictions: ({ evictions }) => evictions,
  queueLength: ({ queueLength }) => queueLength,
  engineBusy: ({ busyMs }) => busyMs / 1000,
  engineRuns: ({ runs }) => runs,
} as const satisfies Record<string, (stats: EngineStatValues) => number>

/**
 * Creates the metrics of an engine. Their role is the role of the model, or both roles of a pair
 * ("dpo,sft") if one engine serves both.
 * @returns a function that ends the observation
 */
export function observeEngine(meter: Meter, stats: EngineStats, { modelName, roles }: EngineModel): () => void {
  const attributes = { model_name: modelName, role: joinRoles(roles) }
  const observed = Object.entries(readers).map(([key, read]) => ({
    instrument: createInstrument(meter, key as keyof typeof readers),
    read,
  }))
  const instruments = observed.map(({ instrument }) => instrument)
  const observe = (result: BatchObservableResult) => {
    const values = stats.read()
    for (const { instrument, read } of observed) result.observe(instrument, read(values), attributes)
  }
  meter.addBatchObservableCallback(observe, instruments)
  return () => meter.removeBatchObservableCallback(observe, instruments)
}
