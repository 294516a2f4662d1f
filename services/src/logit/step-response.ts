import { type Row, type StepError, type StepResponse, toBytes } from '@tandem/proto'
import type { RowReadout, WorkOutcome } from '../engine/work.js'
import type { Failure } from '../errors.js'

/** Converts the engine's outcome into the response message. */
export function toStepResponse(requestId: number, outcome: WorkOutcome): StepResponse {
  return {
    requestId,
    results: outcome.results.map(({ position, rows, failure }) => ({
      position,
      rows: rows.map(toRow),
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

function toRow({ logSumExp, max, scores }: RowReadout): Row {
  return {
    logSumExp,
    max,
    scores: scores.map(({ tokenIds, logits }) => ({
      logits: toBytes(logits),
      ...(tokenIds === null ? {} : { tokenIds: toBytes(tokenIds) }),
    })),
  }
}

function toStepError({ code, message, held }: Failure): StepError {
  return {
    code,
    message,
    heldPosition: held?.position ?? 0,
    heldPrefixHash: (held?.prefixHash ?? 0n).toString(),
  }
}
