import type { Estimate } from '../measure/statistics.js'
import type { ArmName } from './arms.js'
import { costWithRest, medianOf, ownMsPerToken, ratioOf } from './compare.js'
import type { Samples } from './measure-arms.js'
import type { SpanCounts } from './span-counts.js'

const percent = (share: number) => `${(100 * share).toFixed(1)}%`
const spread = ({ value, low, high }: Estimate, format: (value: number) => string) =>
  `${format(value)} (${format(low)}–${format(high)})`
const ratio = (value: number) => value.toFixed(2)

/** Describes the times of an arm next to those without telemetry. */
export function describeTimes(samples: Samples, arm: ArmName): string[] {
  const own = (name: ArmName) => medianOf(samples[name], ownMsPerToken).toFixed(2)
  const time = (name: ArmName) => medianOf(samples[name], ({ msPerToken }) => msPerToken).toFixed(1)
  return [
    `${own(arm)} ms of processor time per token, ${own('off')} ms without telemetry`,
    `time of a token ${time(arm)} ms, ${time('off')} ms without: ` +
      `${spread(ratioOf(samples, 'msPerToken', [arm, 'off']), ratio)} times`,
  ]
}

/** Compares the times of an arm whose collector is at fault with those of one that works. */
export function compareWithWorking(samples: Samples, arm: 'down' | 'slow'): string {
  const compare = (key: 'msPerToken' | 'firstTokenMs') => spread(ratioOf(samples, key, [arm, 'working']), ratio)
  return `compared with P11-tokens: time of a token ${compare('msPerToken')}, of the first token ${compare('firstTokenMs')}`
}

/** Describes the cost of an arm with what its stack exports while others answer. */
export const describeRest = (samples: Samples, arm: ArmName): string =>
  `${percent(costWithRest(samples, arm).value)} with the time between the answers`

/** Describes what became of spans. */
export const describeSpans = ({ exported, failed, dropped }: SpanCounts): string =>
  `spans: ${exported} exported, ${failed} failed, ${dropped} dropped`
