import type { FaultResult } from './case.js'
import type { SeenAnswer } from './stream-answer.js'

/** What clients see of a fault that Tandem hides. */
export const same = '200, same tokens'

/** Counts what clients saw in a case. */
export class Tally {
  private readonly seen = new Map<string, number>()
  private readonly recoveryMs: number[] = []
  private readonly notes: string[] = []
  private tried = 0
  private survived = 0

  /**
   * Counts one try.
   * @param what what was seen
   * @param tried what was tried. It is noted if the try did not survive
   */
  add(what: string, isSurvived: boolean, tried = ''): void {
    this.tried++
    if (isSurvived) this.survived++
    else if (tried !== '') this.note(tried)
    this.seen.set(what, (this.seen.get(what) ?? 0) + 1)
  }

  /**
   * Counts an answer, which must equal the one that was given without a fault. Its longest pause is
   * the time of recovery.
   * @param label what the fault hit, if a case has several
   */
  addAnswer(expected: SeenAnswer, found: SeenAnswer, label = ''): void {
    const what = compareAnswers(expected, found)
    this.add(label === '' ? what : `${label}: ${what}`, what === same)
    if (what === same) this.recoveryMs.push(found.longestPauseMs)
  }

  /** Adds a time from a fault until clients were served again, in milliseconds. */
  addRecovery(ms: number): void {
    this.recoveryMs.push(ms)
  }

  note(line: string): void {
    this.notes.push(line)
  }

  result(leaked: number): FaultResult {
    const { tried, survived, seen, recoveryMs, notes } = this
    return { tried, survived, seen, leaked, recoveryMs, notes }
  }
}

/** @throws Error if the answer without a fault is an error: then the case cannot judge */
function compareAnswers(expected: SeenAnswer, found: SeenAnswer): string {
  if (expected.error !== null) throw new Error(`without a fault, the request failed: ${expected.error}`)
  if (found.error !== null) return `error: ${found.error}`
  return JSON.stringify(found.choices) === JSON.stringify(expected.choices) ? same : '200, other tokens'
}
