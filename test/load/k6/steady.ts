/**
 * Keeps a constant rate of arrivals, which do not wait for answers. Fails if the service level is
 * not met at the 95th percentile.
 *
 * k6 run -e TANDEM_URL=http://127.0.0.1:8080 -e RATE=1 -e DURATION=2m steady.ts
 */
import type { Options } from 'k6/options'
import { askChat } from './lib/chat.ts'
import { findModel } from './lib/models.ts'
import { durationFrom, maxVUs, rate } from './lib/settings.ts'
import { correct, withinLevel } from './lib/thresholds.ts'

/** One scenario with a constant rate. */
export const options: Options = {
  scenarios: {
    steady: {
      executor: 'constant-arrival-rate',
      rate: Math.round(rate * 60),
      timeUnit: '1m',
      duration: durationFrom('DURATION', '2m'),
      preAllocatedVUs: maxVUs,
    },
  },
  thresholds: { ...correct, ...withinLevel() },
}

/** Finds the model, once. */
export const setup = findModel

/** Asks for one answer. */
export default askChat
