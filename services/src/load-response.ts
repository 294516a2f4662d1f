import type { GetLoadResponse } from '@tandem/proto'
import type { EngineStats } from './engine/engine-stats.js'

/** Builds the answer to GetLoad. @param maxQueued maximum number of unanswered messages */
export function toLoadResponse(stats: EngineStats, maxQueued: number): GetLoadResponse {
  const { sessions, sessionLimit, kvBytes, kvLimit, queueLength } = stats.read()
  return {
    sessions,
    maxSessions: sessionLimit,
    kvBytes,
    maxKvBytes: kvLimit,
    queued: queueLength,
    maxQueued,
  }
}
