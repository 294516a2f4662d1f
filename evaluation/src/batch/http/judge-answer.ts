/**
 * What follows from the status of an answer.
 * - `row`: it is the row's result: an answer, or an error of this row
 * - `retry`: the service cannot answer now
 * - `retry-then-row`: the service failed, maybe because of this row
 * - `end`: no row can be answered with these settings
 */
export type Verdict = 'row' | 'retry' | 'retry-then-row' | 'end'

const verdicts: Readonly<Record<number, Verdict>> = {
  401: 'end',
  403: 'end',
  404: 'end',
  405: 'end',
  408: 'retry',
  425: 'retry',
  429: 'retry',
  500: 'retry-then-row',
}

/** Decides what follows from a status. */
export const judgeStatus = (status: number): Verdict =>
  verdicts[status] ?? (status >= 500 || status < 200 || (status >= 300 && status < 400) ? 'retry' : 'row')
