import { type Estimate, estimate, median } from '../measure/statistics.js'
import type { ArmName } from './arms.js'
import type { Sample, Samples } from './measure-arms.js'

/** Processor time per token of an answer, without the engines, in milliseconds. */
export const ownMsPerToken = ({ tokens, ownMs }: Sample): number => (ownMs.after - ownMs.before) / tokens

/**
 * Computes the processor time per token that an arm adds to the stack without telemetry, as a share
 * of the time of a token.
 * @param weights the arms and their shares of the answers, which add up to 1
 */
export function costOf(samples: Samples, weights: Partial<Record<ArmName, number>>): Estimate {
  const shares = samples.off.map((off, round) => {
    const own = Object.entries(weights).reduce(
      (sum, [arm, weight]) => sum + weight * ownMsPerToken(at(samples[arm as ArmName], round)),
      0,
    )
    return (own - ownMsPerToken(off)) / off.msPerToken
  })
  return estimate(shares)
}

/**
 * Computes the same from the end of an answer to the end of the arm's next one. So it includes what
 * the stack does while the others answer, such as late exports.
 */
export function costWithRest(samples: Samples, arm: ArmName): Estimate {
  const own = (list: readonly Sample[], round: number) =>
    (at(list, round).ownMs.after - at(list, round - 1).ownMs.after) / at(list, round).tokens
  const rounds = samples.off.slice(1).map((off, i) => ({ off, round: i + 1 }))
  return estimate(rounds.map(({ off, round }) => (own(samples[arm], round) - own(samples.off, round)) / off.msPerToken))
}

/** Computes the ratio of a time of an arm to the same time of another arm. */
export const ratioOf = (
  samples: Samples,
  key: 'msPerToken' | 'firstTokenMs',
  [arm, base]: readonly [ArmName, ArmName],
): Estimate => estimate(samples[arm].map((sample, round) => sample[key] / at(samples[base], round)[key]))

/** Computes the median of a value of the samples of an arm. */
export const medianOf = (samples: readonly Sample[], value: (sample: Sample) => number): number =>
  median(samples.map(value))

function at(samples: readonly Sample[], round: number): Sample {
  const sample = samples[round]
  if (!sample) throw new RangeError(`an arm has ${samples.length} answers: expected one for round ${round}`)
  return sample
}
