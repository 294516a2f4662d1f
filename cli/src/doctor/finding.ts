/** `warn`: Tandem runs, but something is slow, full or missing. `fail`: it cannot run. */
export type Status = 'ok' | 'warn' | 'fail'

/** The result of one check. */
export interface Finding {
  readonly name: string
  readonly status: Status
  readonly found: string
  /** What to do; null if the status is `ok`. */
  readonly advice: string | null
}

/** Creates a finding that needs no action. */
export const ok = (name: string, found: string): Finding => ({ name, status: 'ok', found, advice: null })
/** Creates a finding that does not stop Tandem. */
export const warn = (name: string, found: string, advice: string): Finding => ({ name, status: 'warn', found, advice })
/** Creates a finding that stops Tandem. */
export const fail = (name: string, found: string, advice: string): Finding => ({ name, status: 'fail', found, advice })
