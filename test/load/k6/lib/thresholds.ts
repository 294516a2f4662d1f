import type { Options } from 'k6/options'
import { level } from './settings.ts'

type Thresholds = NonNullable<Options['thresholds']>

/** Each answer is whole or refused with a Retry-After, and k6 sent all requests that it should. */
export const correct: Thresholds = {
  checks: ['rate>0.99'],
  http_req_failed: ['rate<0.01'],
  dropped_iterations: ['count==0'],
}

/**
 * The service level at the 95th percentile.
 * @param tag limits it to samples with a tag: "scenario:after"
 */
export function withinLevel(tag?: string): Thresholds {
  const of = tag === undefined ? '' : `{${tag}}`
  return {
    [`tandem_first_token${of}`]: [`p(95)<${level.firstTokenMs}`],
    [`tandem_per_token${of}`]: [`p(95)<${level.perTokenMs}`],
  }
}
