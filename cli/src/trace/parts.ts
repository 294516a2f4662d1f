import type { TokenTiming } from '@tandem/process'

/** A part of a step, as the timeline shows it. */
export interface Part {
  readonly label: string
  /** Its character in bars. */
  readonly letter: string
  /** The number of its background colour in an ANSI escape sequence. */
  readonly colour: number
  /** Its time in microseconds; null if the model was not run in the step. */
  readonly read: (timing: TokenTiming) => number | null
}

/** The parts of models. Several of them can take place at the same time. */
export const computeParts: readonly Part[] = [
  { label: 'DPO', letter: 'D', colour: 44, read: ({ dpo_us }) => dpo_us },
  { label: 'SFT', letter: 'S', colour: 42, read: ({ sft_us }) => sft_us },
  { label: 'other', letter: 'o', colour: 46, read: ({ other_us }) => (other_us === 0 ? null : other_us) },
]

/** The parts in which no model computes. */
export const waitParts: readonly Part[] = [
  { label: 'queue', letter: 'q', colour: 43, read: ({ queue_us }) => queue_us },
  { label: 'wire', letter: 'w', colour: 45, read: ({ wire_us }) => wire_us },
  { label: 'merge', letter: 'm', colour: 47, read: ({ merge_us }) => merge_us },
]

/** All parts, in the order of the bars. */
export const parts: readonly Part[] = [...computeParts, ...waitParts]

/**
 * Returns the length of each part in a bar, in the order of `parts`. Models that compute at the
 * same time share that time, so that the lengths add up to `step_us`.
 */
export function lengthsOf(timing: TokenTiming): readonly number[] {
  const compute = computeParts.map(({ read }) => read(timing) ?? 0)
  const total = compute.reduce((sum, us) => sum + us, 0)
  const share = total === 0 ? 0 : Math.max(0, total - timing.overlap_us) / total
  return [...compute.map((us) => us * share), ...waitParts.map(({ read }) => read(timing) ?? 0)]
}
