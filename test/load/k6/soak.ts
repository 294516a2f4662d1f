/**
 * Keeps a moderate rate for hours. Watch memory and sessions in the dashboard meanwhile
 * (docs/observability.md): k6 sees only the answers.
 *
 * k6 run -e TANDEM_URL=http://127.0.0.1:8080 -e RATE=0.5 -e DURATION=4h soak.ts
 */
import type { Options } from 'k6/options'
import { askChat } from './lib/chat.ts'
import { findModel } from './lib/models.ts'
import { durationFrom, maxVUs, rate } from './lib/settings.ts'
import { correct, withinLevel } from './lib/thresholds.ts'

/** One scenario with a constant rate. */
export const options: Options = {
  scenarios: {
    soak: {
      executor: 'constant-arrival-rate',
      rate: Math.round(rate * 60),
      timeUnit: '1m',
      duration: durationFrom('DURATION', '4h'),
      preAllocatedVUs: maxVUs,
    },
  },
  thresholds: { ...correct, ...withinLevel() },
}

/** Finds the model, once. */
export const setup = findModel

/** Asks for one answer. */
export default askChat
