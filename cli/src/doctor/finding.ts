/** `warn`: Tandem runs, and something is slow, full or missing that somebody may want; `fail`: it does not run so. */
export type Status = 'ok' | 'warn' | 'fail'

/** What one check found. */
export interface Finding {
  readonly name: string
  readonly status: Status
  readonly found: string
  /** What to do; null where all is well. */
  readonly advice: string | null
}

export const ok = (name: string, found: string): Finding => ({ name, status: 'ok', found, advice: null })
export const warn = (name: string, found: string, advice: string): Finding => ({ name, status: 'warn', found, advice })
export const fail = (name: string, found: string, advice: string): Finding => ({ name, status: 'fail', found, advice })
