import type { TokenTiming } from '@tandem/process'
import type { Token } from '../../decode/loop/token.js'
import type { DetailFields } from '../schemas/choice-fields.js'
import type { AnswerHead } from './answer.js'

/** The times of each token of a choice, if requested. */
export function timingsField(
  tokens: readonly Token[],
  { returnsTimings }: AnswerHead,
): Pick<DetailFields, 'decoding_timings'> {
  return returnsTimings ? { decoding_timings: tokens.map(toTokenTiming) } : {}
}

/** Formats the times of a token. */
export const toTokenTiming = ({ timing, choice }: Token): TokenTiming => ({
  step_us: timing.stepUs,
  dpo_us: timing.dpoUs,
  sft_us: timing.sftUs,
  other_us: timing.otherUs,
  overlap_us: timing.overlapUs,
  queue_us: timing.queueUs,
  wire_us: timing.wireUs,
  merge_us: timing.mergeUs,
  dpo_tokens: timing.dpoTokens,
  sft_tokens: timing.sftTokens,
  draft: choice.isDraft,
})
