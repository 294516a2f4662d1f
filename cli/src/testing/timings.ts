import type { TokenTiming } from '@tandem/process'

/** Timings of a token with both models, 10 ms in all. */
export const tokenTiming = (changes: Partial<TokenTiming> = {}): TokenTiming => ({
  ...{ step_us: 10_000, dpo_us: 5_000, sft_us: 3_000, other_us: 0, overlap_us: 0 },
  ...{ queue_us: 500, wire_us: 1_000, merge_us: 500, dpo_tokens: 1, sft_tokens: 1, draft: false },
  ...changes,
})

/** Timings of an accepted draft. */
export const draftTiming: TokenTiming = tokenTiming({
  ...{ step_us: 0, dpo_us: null, sft_us: null, queue_us: 0, wire_us: 0, merge_us: 0 },
  ...{ dpo_tokens: null, sft_tokens: null, draft: true },
})
