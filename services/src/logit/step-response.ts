import { type StepError, type StepResponse, toWireRow } from '@tandem/proto'
import type { WorkOutcome } from '../engine/work.js'
import type { Failure } from '../errors.js'

/** Converts the engine's outcome into the response message. */
export function toStepResponse(requestId: number, outcome: WorkOutcome): StepResponse {
  return {
    requestId,
    results: outcome.results.map(({ position, rows, failure }) => ({
      position,
      rows: rows.map(toWireRow),
      error: failure && toStepError(failure),
    })),
    error: outcome.failure && toStepError(outcome.failure),
    queueUs: outcome.queueUs,
    computeUs: outcome.computeUs,
  }
}

/** Builds the response of a request that failed as a whole. */
export function toFailedResponse(requestId: number, failure: Failure): StepResponse {
  return { requestId, results: [], error: toStepError(failure), queueUs: 0, computeUs: 0 }
}

function toStepError({ code, message, held }: Failure): StepError {
  return {
    code,
    message,
    heldPosition: held?.position ?? 0,
    heldPrefixHash: (held?.prefixHash ?? 0n).toString(),
  }
}
