import type { Attributes } from '@opentelemetry/api'
import { quantile } from '@tandem/process'
import { attributeNames as names } from '@tandem/telemetry'
import type { Token } from '../decode/loop/token.js'

/** Steps whose times are kept: more than any answer of today's models has. */
const maxSteps = 65_536

/** A step after the first one of its answer. */
interface LaterStep {
  /** Its index among the steps of its answer. */
  readonly index: number
  readonly stepUs: number
}

/** The times of a prompt's steps, except the first one of each answer, which reads the prompt. */
export class StepTimes {
  private readonly steps: LaterStep[] = []
  /** Number of steps, by answer. */
  private readonly counts = new Map<number, number>()

  /** Adds tokens of one answer, in their order. */
  add(answer: number, tokens: readonly Token[]): void {
    for (const { choice, timing } of tokens) {
      if (choice.isDraft) continue
      const index = this.counts.get(answer) ?? 0
      this.counts.set(answer, index + 1)
      if (index > 0 && this.steps.length < maxSteps) this.steps.push({ index, stepUs: timing.stepUs })
    }
  }

  /** The median, the 95th percentile and the slowest step; empty without later steps. */
  toAttributes(): Attributes {
    const steps = this.steps.toSorted((a, b) => a.stepUs - b.stepUs)
    const slowest = steps.at(-1)
    if (slowest === undefined) return {}
    const sortedUs = steps.map(({ stepUs }) => stepUs)
    return {
      [names.medianStepUs]: quantile(sortedUs, 0.5),
      [names.p95StepUs]: quantile(sortedUs, 0.95),
      [names.slowestStepUs]: slowest.stepUs,
      [names.slowestStep]: slowest.index,
    }
  }
}
