import { randomBytes } from 'node:crypto'

/** What a request of an arm says about traces. */
interface ArmSettings {
  /** Returns the headers of a request. */
  readonly headers: () => Readonly<Record<string, string>>
  /** Whether the answer has spans. */
  readonly hasSpans: boolean
}

/**
 * The settings of telemetry that are compared, in the order in which a round runs them. Each has a
 * stack of its own: a stack with more answers behind it is faster, because more of it is compiled.
 */
export const armNames = ['off', 'metrics', 'untraced', 'traced', 'working', 'down', 'slow'] as const

/** The name of an arm and of its stack. */
export type ArmName = (typeof armNames)[number]

/** The client decides whether its request is traced, so the shares of both kinds are exact. */
const traceparent = (flags: '00' | '01') => () => ({
  traceparent: `00-${randomBytes(16).toString('hex')}-${randomBytes(8).toString('hex')}-${flags}`,
})
const noSpans: ArmSettings = { headers: () => ({}), hasSpans: false }
const spanPerToken: ArmSettings = { headers: () => ({ 'x-tandem-trace': 'tokens' }), hasSpans: true }

/** The settings of each arm. */
export const arms: Readonly<Record<ArmName, ArmSettings>> = {
  off: noSpans,
  metrics: noSpans,
  untraced: { headers: traceparent('00'), hasSpans: false },
  traced: { headers: traceparent('01'), hasSpans: true },
  working: spanPerToken,
  down: spanPerToken,
  slow: spanPerToken,
}
