import type { ServiceCall } from '../../session/contract/service-call.js'
import type { ModelSessions } from './model-sessions.js'
import { type StepTiming, toStepTiming } from './step-timing.js'

/** Returns the answered calls of all sessions of a sequence, and forgets them. */
export const consumeCalls = (sessions: ModelSessions): readonly ServiceCall[] =>
  [...sessions.values()].flatMap((session) => session.consumeCalls())

/**
 * Starts the clock of a step. The returned function stops it; pass it the sequence's sessions.
 * @param nowMs of performance.now()
 * @param promptCalls calls that sent the prompt before the loop began: they belong to the first
 *   step, which begins with them
 */
export function startStep(nowMs: number, promptCalls: readonly ServiceCall[]): (sessions: ModelSessions) => StepTiming {
  const startMs = promptCalls.reduce((first, { sentMs }) => Math.min(first, sentMs), nowMs)
  return (sessions) => toStepTiming(startMs, performance.now(), [...promptCalls, ...consumeCalls(sessions)])
}
