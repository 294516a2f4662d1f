import { z } from 'zod'

/** How a pair of an adapter on its base is served: both models in one process and one pass, or in two services. */
export const forms = ['paired', 'apart'] as const
export type Form = (typeof forms)[number]

/** Milliseconds that a token of both models took, one number a round; in a round the two forms have their turn. */
export type FormTimes = Readonly<Record<Form, readonly number[]>>

/** Of one answer alone, and of several at once. */
export interface TrialTimes {
  readonly one: FormTimes
  readonly crowd: FormTimes & { readonly answers: number }
}

const mediansSchema = z.object({ paired: z.number(), apart: z.number() })
const crowdSchema = mediansSchema.extend({ answers: z.number() })

/** What a trial has found, in milliseconds a token. */
export const verdictSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('measured'), form: z.enum(forms), one: mediansSchema, crowd: crowdSchema }),
  /** It came to no end. */
  z.object({ type: z.literal('failed'), reason: z.string() }),
])
export type Verdict = z.output<typeof verdictSchema>

/** What must be gained: less is within the noise of so short a trial, and two services are what has been served longest. */
const leastGain = 0.05

/**
 * The form whose tokens take less time, one answer and a crowd counted alike: the geometric mean of both ratios.
 * @param times of one round at least
 */
export function decideForm(times: TrialTimes): Verdict {
  const one = mediansOf(times.one)
  const crowd = { answers: times.crowd.answers, ...mediansOf(times.crowd) }
  const ratio = Math.sqrt((one.paired / one.apart) * (crowd.paired / crowd.apart))
  if (!Number.isFinite(ratio)) return { type: 'failed', reason: 'no round was measured' }
  return { type: 'measured', form: ratio <= 1 - leastGain ? 'paired' : 'apart', one, crowd }
}

const mediansOf = ({ paired, apart }: FormTimes) => ({ paired: median(paired), apart: median(apart) })

export const formOf = (verdict: Verdict): Form => (verdict.type === 'measured' ? verdict.form : 'apart')

/** "paired: 21.3 ms a token, 12.0 with 16 answers at once; two services: 25.0, 8.1: two services" */
export function describeVerdict(verdict: Verdict): string {
  if (verdict.type === 'failed') return `paired: not measured (${verdict.reason}): two services`
  const { form, one, crowd } = verdict
  const paired = `${one.paired.toFixed(1)} ms a token, ${crowd.paired.toFixed(1)} with ${crowd.answers} answers at once`
  const apart = `${one.apart.toFixed(1)}, ${crowd.apart.toFixed(1)}`
  return `paired: ${paired}; two services: ${apart}: ${form === 'paired' ? 'paired' : 'two services'}`
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]]
  return low === undefined || high === undefined ? Number.NaN : (low + high) / 2
}
