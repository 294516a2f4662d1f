/**
 * Keeps a rate, multiplies it by ten for a short time, and returns to it. Fails if an answer is
 * neither whole nor refused with a Retry-After, or if the service level is not met again
 * afterwards.
 *
 * k6 run -e TANDEM_URL=http://127.0.0.1:8080 -e RATE=1 spike.ts
 */
import type { ConstantArrivalRateScenario, Options } from 'k6/options'
import { askChat } from './lib/chat.ts'
import { findModel } from './lib/models.ts'
import { maxVUs, numberFrom, rate } from './lib/settings.ts'
import { correct, withinLevel } from './lib/thresholds.ts'

const seconds = { before: numberFrom('BEFORE', 60), spike: numberFrom('SPIKE', 30), after: numberFrom('AFTER', 120) }
const factor = 10

/** Arrivals at a rate for some seconds. */
const scenario = (perSecond: number, start: number, length: number): ConstantArrivalRateScenario => ({
  executor: 'constant-arrival-rate',
  rate: Math.round(perSecond * 60),
  timeUnit: '1m',
  startTime: `${start}s`,
  duration: `${length}s`,
  preAllocatedVUs: maxVUs,
})

/** Three scenarios, one after the other. Their names tag the metrics. */
export const options: Options = {
  scenarios: {
    before: scenario(rate, 0, seconds.before),
    spike: scenario(factor * rate, seconds.before, seconds.spike),
    after: scenario(rate, seconds.before + seconds.spike, seconds.after),
  },
  thresholds: { ...correct, ...withinLevel('scenario:before'), ...withinLevel('scenario:after') },
}

/** Finds the model, once. */
export const setup = findModel

/** Asks for one answer. */
export default askChat
