import type { Engine } from '../engine.js'
import type { Step, Work } from '../work.js'
import { maxKeptRows } from './kept-rows.js'
import type { SessionStore } from './session-store.js'

/**
 * Computes the bytes of keys, values and kept rows that each session will hold after the steps of a
 * job. A step that will be refused needs none, so that it is refused at once. A job with
 * forks or a reorder also returns none, because its needs are known only when it runs: it does not
 * wait for memory.
 */
export function kvNeeds(work: Work, engine: Engine, store: SessionStore): Map<string, number> {
  const needs = new Map<string, number>()
  if (work.forks.length > 0 || work.reorder !== null) return needs
  const lengths = new Map<string, number>()
  for (const step of work.steps) {
    const { sessionId, position, tokenIds, variant } = step
    const session = store.get(sessionId)
    const held = lengths.get(sessionId) ?? session?.history.length ?? 0
    const length = position + tokenIds.length
    if (tokenIds.length === 0 || position > held || length > engine.description.contextLength) continue
    lengths.set(sessionId, length)
    const bytesPerToken = session?.cache.bytesPerToken ?? engine.kvBytesPerToken(variant)
    const bytes = length * bytesPerToken + keptRowBytes(step, engine)
    needs.set(sessionId, Math.max(needs.get(sessionId) ?? 0, bytes))
  }
  return needs
}

/** Bytes of the rows that a step with tokens keeps. */
export function keptRowBytes({ rows, tokenIds }: Step, { description }: Engine): number {
  const count = rows === 'all' ? Math.min(tokenIds.length, maxKeptRows) : 1
  return count * description.rowSize * Float32Array.BYTES_PER_ELEMENT
}
