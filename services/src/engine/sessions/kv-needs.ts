import type { Engine } from '../engine.js'
import { maxKeptRows } from './kept-rows.js'
import type { Step, Work } from '../work.js'
import type { SessionStore } from './session-store.js'

/**
 * Bytes of keys, values and kept rows that the steps of a request will make each of its sessions hold. Steps that will be refused
 * need none, so that they are refused at once. Requests with forks or a reorder say nothing of what they need: they do not wait.
 */
export function roomNeeds(work: Work, engine: Engine, store: SessionStore): Map<string, number> {
  const needs = new Map<string, number>()
  if (work.forks.length > 0 || work.reorder !== null) return needs
  const lengths = new Map<string, number>()
  for (const step of work.steps) {
    const { sessionId, position, tokenIds } = step
    const held = lengths.get(sessionId) ?? store.get(sessionId)?.history.length ?? 0
    const length = position + tokenIds.length
    if (tokenIds.length === 0 || position > held || length > engine.description.contextLength) continue
    lengths.set(sessionId, length)
    needs.set(
      sessionId,
      Math.max(needs.get(sessionId) ?? 0, length * bytesPerToken(step, engine, store) + keptBytes(step, engine)),
    )
  }
  return needs
}

/** Of the rows that a step with tokens keeps. */
export function keptBytes({ rows, tokenIds }: Step, { description }: Engine): number {
  const count = rows === 'all' ? Math.min(tokenIds.length, maxKeptRows) : 1
  return count * description.rowSize * Float32Array.BYTES_PER_ELEMENT
}

/** None where the engine does not hold the variant: the step is refused. */
function bytesPerToken({ sessionId, variant }: Step, engine: Engine, store: SessionStore): number {
  const session = store.get(sessionId)
  if (session !== undefined) return session.cache.bytesPerToken
  try {
    return engine.createCache(variant).bytesPerToken
  } catch {
    return 0
  }
}
