import type { Job } from './job.js'
import type { StepRun } from './step-run.js'

/** Up to so many tokens left, a step is a decode step or a draft to verify; more is a prompt. */
export const mostDecodeTokens = 8

/** Steps whose next forwards run at once: chunks of prompts, or a batch of decode steps. */
export interface Turn {
  kind: 'prefill' | 'decode'
  parts: { job: Job; run: StepRun }[]
}

export interface TurnLimits {
  /** Most decode steps of one run. */
  maxBatch: number
  /** Most prompts of one run. One, where decode steps wait for it and its chunk fills the machine. */
  maxPrompts: number
}

/**
 * Whose turn it is. A batch of decode steps runs between any two chunks of prompts, and a chunk between any two batches, so
 * neither holds the other up for longer than one run.
 * @param jobs in the order of their turns
 * @returns null where nothing is left to run
 */
export function nextTurn(
  jobs: readonly Job[],
  lastKind: Turn['kind'],
  { maxBatch, maxPrompts }: TurnLimits,
): Turn | null {
  const parts = jobs.flatMap((job) => job.ready.map((run) => ({ job, run })))
  const prompts = parts.filter(({ run }) => run.tokensLeft > mostDecodeTokens).slice(0, maxPrompts)
  const decodes = parts.filter(({ run }) => run.tokensLeft <= mostDecodeTokens).slice(0, maxBatch)
  if (decodes.length > 0 && (prompts.length === 0 || lastKind === 'prefill')) return { kind: 'decode', parts: decodes }
  return prompts.length === 0 ? null : { kind: 'prefill', parts: prompts }
}
