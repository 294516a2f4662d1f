/** A fault that is caused on purpose, and what must hold then. */
export interface FaultCase {
  /** The fault's number: F1 to F18. */
  readonly key: string
  /** What happens. */
  readonly title: string
  /** What a client may see. */
  readonly expected: string
  /** Causes the fault. Throws only if the case itself cannot run. */
  run(settings: FaultSettings): Promise<FaultResult>
}

/** How much a case does. */
export interface FaultSettings {
  /** The short form: few tries, for the test suite. */
  readonly isShort: boolean
  readonly signal: AbortSignal
  /** Writes a line of progress. */
  log(line: string): void
}

/** What happened in a case. */
export interface FaultResult {
  readonly tried: number
  /** Tries in which the clients saw only what is expected. */
  readonly survived: number
  /** What the clients saw, and how often: "200, same tokens: 12; 503: 1". */
  readonly seen: ReadonlyMap<string, number>
  /** Sessions that services still held after the case. */
  readonly leaked: number
  /** Time from the fault until the clients were served again, per try, in milliseconds. */
  readonly recoveryMs: readonly number[]
  /** What else was found. */
  readonly notes?: readonly string[]
}
