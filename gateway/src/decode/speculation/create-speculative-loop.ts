import { assertPresent } from '../assert-present.js'
import type { LoopContext } from '../loop/decode-loop.js'
import type { DecodePath } from '../loop/decode-path.js'
import type { TokenRequest } from '../loop/decode-request.js'
import { EagerFollower } from './eager-follower.js'
import type { Follower } from './follower.js'
import { LazyFollower } from './lazy-follower.js'
import { createSpeculationPolicy } from './speculation-policy.js'
import { SpeculativeLoop } from './speculative-loop.js'
import { SyncedSession } from './synced-session.js'

/**
 * Creates the loop with its follower and policy.
 * @throws TypeError if a model has no session: a bug
 */
export function createSpeculativeLoop(
  { sessions, sharesDevice, isBusy }: LoopContext,
  request: TokenRequest,
): SpeculativeLoop {
  const { path, promptIds, strategy, vocabularySize } = request
  const {
    lead,
    others: [other],
  } = strategy.reads([])
  const isLazy = isLazyPath(path, other !== undefined && sharesDevice(lead, other))
  const createFollower = (name: string): Follower => {
    const session = new SyncedSession(assertPresent(sessions.get(name)), promptIds)
    return isLazy ? new LazyFollower(session) : new EagerFollower(session)
  }
  const follower = other === undefined ? null : createFollower(other)
  const policy = createSpeculationPolicy(path, isLazy, isBusy)
  return new SpeculativeLoop(assertPresent(sessions.get(lead)), follower, policy, request, vocabularySize)
}

const isLazyPath = (path: DecodePath, sharesDevice: boolean) =>
  path === 'lazy' || path === 'draft' || (path !== 'eager' && sharesDevice)
