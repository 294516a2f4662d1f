import { emptyPrefixHash, type Readout } from '@tandem/proto/messages'
import { failedPrecondition, invalidArgument } from '../../errors.js'
import type { Session } from '../sessions/session.js'
import type { Step } from '../work.js'

/**
 * Checks a step against the session that it continues.
 * @param session undefined if the service does not hold it
 * @throws ServiceError FAILED_PRECONDITION with what the session holds, or INVALID_ARGUMENT
 */
export function assertStep(step: Step, session: Session | undefined, contextLength: number): void {
  assertPosition(step, session)
  assertContext(step, contextLength)
  assertVariant(step, session)
}

/**
 * @throws ServiceError INVALID_ARGUMENT if a gather has neither one list of ids nor one for each of
 * `rows`
 */
export function assertGatherRows(readouts: readonly Readout[], rows: number): void {
  for (const readout of readouts)
    if (readout.kind === 'gather' && readout.rows.length !== 1 && readout.rows.length !== rows)
      throw invalidArgument(
        `gather has ${readout.rows.length} lists of ids for ${rows} rows: send one list, or one for each row`,
      )
}

function assertPosition(step: Step, session: Session | undefined): void {
  const held = session?.held ?? { position: 0, prefixHash: emptyPrefixHash }
  if (session === undefined && (step.position > 0 || step.tokenIds.length === 0))
    throw failedPrecondition(
      `session "${step.sessionId}" is not held (closed, evicted or idle too long): replay it from position 0`,
      held,
    )
  if (step.position > held.position)
    throw failedPrecondition(
      `session "${step.sessionId}" holds ${held.position} tokens, but the step is at position ${step.position}: replay from ${held.position}`,
      held,
    )
  const hash = session?.history.hashAt(step.position) ?? emptyPrefixHash
  if (hash !== step.prefixHash)
    throw failedPrecondition(
      `session "${step.sessionId}" holds other tokens before position ${step.position} (their hash is ${hash}, the step has ${step.prefixHash}): replay from 0`,
      held,
    )
}

function assertContext(step: Step, contextLength: number): void {
  const length = step.position + step.tokenIds.length
  if (length > contextLength)
    throw invalidArgument(
      `session "${step.sessionId}" would hold ${length} tokens (${step.position} and ${step.tokenIds.length} more): the model's context length is ${contextLength}`,
    )
}

function assertVariant({ sessionId, variant }: Step, session: Session | undefined): void {
  if (session !== undefined && session.cache.variant !== variant)
    throw invalidArgument(
      `session "${sessionId}" belongs to the pair's other model: give each model session ids of its own`,
    )
}
