import { z } from 'zod'

/** How a pair of an adapter on its base is served: both models in one process and one pass, or in two services. */
export const forms = ['paired', 'apart'] as const
export type Form = (typeof forms)[number]

/** Milliseconds that a token of both models took, one number a round; in a round the two forms have their turn. */
export type FormTimes = Readonly<Record<Form, readonly number[]>>

/** What a trial has found. */
export const verdictSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('measured'), form: z.enum(forms), pairedMs: z.number(), apartMs: z.number() }),
  /** It came to no end. */
  z.object({ type: z.literal('failed'), reason: z.string() }),
])
export type Verdict = z.output<typeof verdictSchema>

/** What must be gained: less is within the noise of so short a trial, and two services are what has been served longest. */
const leastGain = 0.05

/** @param times of one round at least */
export function decideForm({ paired, apart }: FormTimes): Verdict {
  const [pairedMs, apartMs] = [median(paired), median(apart)]
  if (!Number.isFinite(pairedMs) || !Number.isFinite(apartMs))
    return { type: 'failed', reason: 'no round was measured' }
  return { type: 'measured', form: pairedMs <= (1 - leastGain) * apartMs ? 'paired' : 'apart', pairedMs, apartMs }
}

export const formOf = (verdict: Verdict): Form => (verdict.type === 'measured' ? verdict.form : 'apart')

/** "paired: 21.3 ms a token, two services: 25.0: paired" */
export function describeVerdict(verdict: Verdict): string {
  if (verdict.type === 'failed') return `paired: not measured (${verdict.reason}): two services`
  const { form, pairedMs, apartMs } = verdict
  return `paired: ${pairedMs.toFixed(1)} ms a token, two services: ${apartMs.toFixed(1)}: ${form === 'paired' ? 'paired' : 'two services'}`
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]]
  return low === undefined || high === undefined ? Number.NaN : (low + high) / 2
}
