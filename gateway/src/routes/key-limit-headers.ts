import type { MiddlewareHandler } from 'hono'
import type { KeyUsage, LimitState } from '../access/key-usage.js'
import type { AppEnvironment } from './dependencies.js'

const units = ['requests', 'tokens'] as const
const parts = ['limit', 'remaining', 'reset'] as const

/** The headers of the limits of an API key, with OpenAI's names. */
export const limitHeaders: readonly string[] = units.flatMap((unit) =>
  parts.map((part) => `x-ratelimit-${part}-${unit}`),
)

/**
 * Adds the limits per minute of the request's API key to answers of POST routes, which they apply
 * to. The values are those of the moment when the answer begins.
 */
export const showKeyLimits: MiddlewareHandler<AppEnvironment> = async (context, next) => {
  await next()
  const usage = context.get('key')?.usage
  if (context.req.method !== 'POST' || !usage) return
  for (const [name, value] of toHeaders(usage)) context.header(name, value)
}

const toHeaders = ({ requestState, tokenState }: KeyUsage) =>
  Object.entries({ requests: requestState, tokens: tokenState }).flatMap(([unit, state]) =>
    state ? toFields(state).map(([part, value]) => [`x-ratelimit-${part}-${unit}`, value] as const) : [],
  )

const toFields = ({ limit, remaining, resetMs }: LimitState) =>
  [
    ['limit', String(limit)],
    ['remaining', String(remaining)],
    ['reset', formatDuration(resetMs)],
  ] as const

/** Formats a duration as OpenAI does: 20ms, 1s, 6m0s. */
export function formatDuration(ms: number): string {
  if (ms < 1000) return `${Math.ceil(ms)}ms`
  const seconds = Math.ceil(ms / 1000)
  return seconds < 60 ? `${seconds}s` : `${Math.floor(seconds / 60)}m${seconds % 60}s`
}
