import { quantile, type TokenTiming } from '@tandem/process'
import { parts } from './parts.js'

/** The times of one part over all steps that have it, in microseconds. */
export interface PartSummary {
  readonly label: string
  /** Number of steps that have the part. */
  readonly steps: number
  /** 0 if no step has the part. */
  readonly medianUs: number
  readonly p95Us: number
  readonly sumUs: number
}

/** The step in which a model read the most tokens: usually those of the prompt. */
export interface Prefill {
  readonly label: 'DPO' | 'SFT'
  /** The index of the token that the step gave. */
  readonly token: number
  readonly tokens: number
  /** Compute time of the model in that step, in microseconds. */
  readonly computeUs: number
}

/** What the timings of an answer add up to. */
export interface Summary {
  /** Number of tokens. */
  readonly tokens: number
  /** Number of tokens that came in the step of the token before them. */
  readonly drafts: number
  readonly parts: readonly PartSummary[]
  readonly step: PartSummary
  /** Compute time that ran while another message was waited for: a step has it only once. */
  readonly overlap: PartSummary
  /** Tokens per second after the first token; null if they took no time. */
  readonly tokensPerSecond: number | null
  /** Share of steps without a run of the SFT model, from 0 to 1. 0 without steps. */
  readonly withoutSft: number
  /** The prefill of each model that was run. */
  readonly prefills: readonly Prefill[]
}

/** Summarizes the timings of an answer. Drafts have no step of their own. */
export function summarize(timings: readonly TokenTiming[]): Summary {
  const steps = timings.filter(({ draft }) => !draft)
  const skipped = steps.filter(({ sft_us }) => sft_us === null).length
  const valuesOf = (read: (timing: TokenTiming) => number | null) => steps.map(read).filter((us) => us !== null)
  return {
    tokens: timings.length,
    drafts: timings.length - steps.length,
    parts: parts.map(({ label, read }) => summarizePart(label, valuesOf(read))),
    step: summarizePart(
      'step',
      valuesOf(({ step_us }) => step_us),
    ),
    overlap: summarizePart(
      'overlap',
      valuesOf(({ overlap_us }) => (overlap_us === 0 ? null : overlap_us)),
    ),
    tokensPerSecond: speedOf(timings),
    withoutSft: steps.length === 0 ? 0 : skipped / steps.length,
    prefills: [
      ...findPrefill(timings, 'DPO', ({ dpo_tokens, dpo_us }) => [dpo_tokens, dpo_us]),
      ...findPrefill(timings, 'SFT', ({ sft_tokens, sft_us }) => [sft_tokens, sft_us]),
    ],
  }
}

function summarizePart(label: string, values: readonly number[]): PartSummary {
  const sorted = values.toSorted((a, b) => a - b)
  const sumUs = values.reduce((sum, us) => sum + us, 0)
  return { label, steps: values.length, medianUs: quantile(sorted, 0.5), p95Us: quantile(sorted, 0.95), sumUs }
}

function speedOf(timings: readonly TokenTiming[]): number | null {
  const after = timings.slice(1)
  const us = after.reduce((sum, { step_us }) => sum + step_us, 0)
  return us === 0 ? null : (after.length * 1e6) / us
}

function findPrefill(
  timings: readonly TokenTiming[],
  label: Prefill['label'],
  read: (timing: TokenTiming) => readonly [number | null, number | null],
): Prefill[] {
  let found: Prefill | null = null
  for (const [token, timing] of timings.entries()) {
    const [tokens, computeUs] = read(timing)
    if (tokens !== null && tokens > (found?.tokens ?? 0)) found = { label, token, tokens, computeUs: computeUs ?? 0 }
  }
  return found === null ? [] : [found]
}
