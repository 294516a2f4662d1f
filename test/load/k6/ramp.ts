/**
 * Raises the rate of arrivals until the stack is saturated: until the 95th percentile of the time
 * to the first token leaves the service level, or the stack refuses more than one request in
 * twenty. Then k6 ends the run with exit code 99. Its thresholds count all samples since the start,
 * so they fail some time after the saturation point: read that in the dashboard, by the time.
 *
 * k6 run -e TANDEM_URL=http://127.0.0.1:8080 -e RATE=1 -e MAX_RATE=20 -e DURATION=10m ramp.ts
 */
import type { Options } from 'k6/options'
import { askChat } from './lib/chat.ts'
import { findModel } from './lib/models.ts'
import { durationFrom, level, maxVUs, numberFrom, rate } from './lib/settings.ts'
import { correct } from './lib/thresholds.ts'

const stop = (threshold: string) => [{ threshold, abortOnFail: true, delayAbortEval: '30s' }]

/** One scenario whose rate rises. */
export const options: Options = {
  scenarios: {
    ramp: {
      executor: 'ramping-arrival-rate',
      startRate: Math.round(rate * 60),
      timeUnit: '1m',
      stages: [{ duration: durationFrom('DURATION', '10m'), target: Math.round(numberFrom('MAX_RATE', 20) * 60) }],
      preAllocatedVUs: maxVUs,
    },
  },
  thresholds: {
    ...correct,
    dropped_iterations: stop('count==0'),
    tandem_first_token: stop(`p(95)<${level.firstTokenMs}`),
    tandem_refused: stop('rate<0.05'),
  },
}

/** Finds the model, once. */
export const setup = findModel

/** Asks for one answer. */
export default askChat
