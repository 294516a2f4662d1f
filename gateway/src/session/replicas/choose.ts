import type { Wish } from './lease.js'

/** How much fuller the replica with the prompt's prefix may be than another one. */
const prefixAdvantage = 0.25

/** A replica that may get a session. */
export interface Candidate {
  readonly address: string
  /** The id of its engine. Empty if it is unknown. */
  readonly engineId: string
  /** The free part, from 0 (full) to 1 (empty). */
  readonly free: number
}

/** What decides between replicas that could all take a session. */
export interface Preference extends Pick<Wish, 'engineIds' | 'avoid'> {
  /** The address of the replica that probably has the prompt's prefix in its cache, or null. */
  readonly prefixHolder: string | null
}

/**
 * Chooses a replica; null if there is none. Replicas that did not fail before come first, then
 * those of the request's engines, then the one with the prompt's prefix, then the one with more
 * room of two that are drawn at random. The draw spreads sessions although reports of the load are
 * old.
 * @param random returns numbers from 0 to 1, without 1
 */
export function choose<C extends Candidate>(
  candidates: readonly C[],
  { engineIds, avoid, prefixHolder }: Preference,
  random: () => number = Math.random,
): C | null {
  const unsuspected = prefer(candidates, ({ address }) => !avoid.has(address))
  const rest = prefer(unsuspected, ({ engineId, free }) => free > 0 && engineId !== '' && engineIds.has(engineId))
  const drawn = drawTwo(rest, random)
  const holder = rest.find(({ address }) => address === prefixHolder)
  return holder && drawn && holder.free > 0 && holder.free >= drawn.free - prefixAdvantage ? holder : drawn
}

/** Returns the members with a property, or all if none has it. */
function prefer<C>(candidates: readonly C[], has: (candidate: C) => boolean): readonly C[] {
  const found = candidates.filter(has)
  return found.length > 0 ? found : candidates
}

function drawTwo<C extends Candidate>(candidates: readonly C[], random: () => number): C | null {
  const first = Math.floor(random() * candidates.length)
  // Another one than the first, with equal chances.
  const second = (first + 1 + Math.floor(random() * (candidates.length - 1))) % candidates.length
  const [a, b] = [candidates[first], candidates[second]]
  if (!a || !b) return a ?? null
  return b.free > a.free ? b : a
}
