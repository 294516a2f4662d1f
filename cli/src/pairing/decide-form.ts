/**
 * The two forms of a pair whose DPO model is an adapter on its SFT model: both models in one
 * process and one pass, or each in a service of its own.
 */
export const forms = ['paired', 'separate'] as const
/** One of the two forms. */
export type Form = (typeof forms)[number]

/** Milliseconds per token of both models, one number per round. */
export type FormTimes = Readonly<Record<Form, readonly number[]>>

/** Times of one answer, and of several answers at once. */
export interface TrialTimes {
  readonly single: FormTimes
  readonly concurrent: FormTimes & { readonly answers: number }
}

type Medians = Readonly<Record<Form, number>>

/** The faster form, with medians in milliseconds per token. */
export interface Verdict {
  readonly form: Form
  readonly single: Medians
  readonly concurrent: Medians & { readonly answers: number }
}

/** The least gain of the paired form: a smaller one is within the noise of so short a trial. */
const minGain = 0.05

/**
 * Chooses the form whose tokens take less time. One answer and concurrent answers count alike: the
 * geometric mean of both ratios decides.
 * @throws Error if a load has no round
 */
export function decideForm(times: TrialTimes): Verdict {
  const single = mediansOf(times.single)
  const concurrent = { answers: times.concurrent.answers, ...mediansOf(times.concurrent) }
  const ratio = Math.sqrt((single.paired / single.separate) * (concurrent.paired / concurrent.separate))
  if (!Number.isFinite(ratio))
    throw new Error('no round was measured, so no form is faster: expected at least one round. Measure again')
  return { form: ratio <= 1 - minGain ? 'paired' : 'separate', single, concurrent }
}

/**
 * Words such as "one process: 21.3 ms a token, 12.0 with 16 answers at once; two services: 25.0,
 * 8.1".
 */
export function describeVerdict({ single, concurrent }: Verdict): string {
  const { answers, paired, separate } = concurrent
  const atOnce = `${paired.toFixed(1)} with ${answers} answers at once`
  const services = `two services: ${single.separate.toFixed(1)}, ${separate.toFixed(1)}`
  return `one process: ${single.paired.toFixed(1)} ms a token, ${atOnce}; ${services}`
}

const mediansOf = ({ paired, separate }: FormTimes) => ({ paired: median(paired), separate: median(separate) })

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]]
  return low === undefined || high === undefined ? Number.NaN : (low + high) / 2
}
