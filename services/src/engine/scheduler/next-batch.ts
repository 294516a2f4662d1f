import type { ModelRun } from '../work.js'
import type { Job } from './job.js'
import type { StepRun } from './step-run.js'

/**
 * A step with at most this many tokens left is a decode step or a draft to verify; a longer one is
 * a prompt.
 */
export const maxDecodeTokens = 8

/** Whether the next forward of a step is a chunk of a prompt. */
export const isPrompt = ({ tokensLeft }: StepRun): boolean => tokensLeft > maxDecodeTokens

/** Steps whose next forwards run together: chunks of prompts, or decode steps. */
export interface NextBatch {
  readonly kind: ModelRun['kind']
  readonly parts: readonly { readonly job: Job; readonly run: StepRun }[]
}

/** Limits of one batch. */
export interface BatchLimits {
  /** Maximum number of decode steps per batch. */
  readonly maxBatch: number
  /**
   * Maximum number of prompts per batch; 1 if decode steps wait for the prompt and its chunk fills
   * the machine.
   */
  readonly maxPrompts: number
}

/**
 * Chooses the next batch. Decode batches and prompt chunks alternate, so neither waits longer than
 * one run of the other.
 * @param jobs in the order in which they are served
 * @returns null if nothing is left to run
 */
export function chooseNextBatch(
  jobs: readonly Job[],
  lastKind: NextBatch['kind'],
  { maxBatch, maxPrompts }: BatchLimits,
): NextBatch | null {
  const parts = jobs.flatMap((job) => job.ready.map((run) => ({ job, run })))
  const prompts = parts.filter(({ run }) => isPrompt(run)).slice(0, maxPrompts)
  const decodes = parts.filter(({ run }) => !isPrompt(run)).slice(0, maxBatch)
  if (decodes.length > 0 && (prompts.length === 0 || lastKind === 'prefill')) return { kind: 'decode', parts: decodes }
  return prompts.length === 0 ? null : { kind: 'prefill', parts: prompts }
}
