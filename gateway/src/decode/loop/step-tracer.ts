import type { Token } from './token.js'

/** Is told about each step of a decode loop, at its start and at its end. */
export interface StepTracer {
  /**
   * @param answer index of the answer, or of the sample that a strategy chooses from
   * @param startMs on the clock of performance.now()
   */
  begin(answer: number, startMs: number): StepTrace | null
}

/** One step. */
export interface StepTrace {
  /**
   * Called once, with the step's tokens; none if the step failed. Their `timing.startMs` is earlier
   * than `begin` if the prompt was sent before the loop began.
   */
  end(tokens: readonly Token[]): void
}
