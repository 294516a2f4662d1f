import type { BoundStrategy } from '../../../decode/strategies/bound-strategy.js'
import { invalidRequest } from '../../api-error.js'

/**
 * Refuses transformers' and TGI's `do_sample` if the method does not do what it asks.
 * @throws ApiError 400
 */
export function assertSampling(body: Readonly<Record<string, unknown>>, method: BoundStrategy): void {
  const { do_sample: asked } = body
  const samples = method.kind === 'choice' || (method.kind === 'token' && method.isRandom)
  if (typeof asked !== 'boolean' || asked === samples) return
  throw invalidRequest(
    `do_sample is ${asked}, but ${method.name} ${samples ? 'samples' : 'does not sample'} with these parameters; ` +
      'use temperature and decoding.strategy instead',
    'do_sample',
    'unsupported_parameter',
  )
}
