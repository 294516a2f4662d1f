/** Statistics of an engine since its start. */
export interface EngineStatValues {
  /** Sessions that are held. */
  readonly sessions: number
  readonly sessionLimit: number
  /** Bytes of sessions, prefixes and batch memory, as the budget counts them. */
  readonly kvBytes: number
  readonly kvLimit: number
  /** Tokens of prompts that were looked up in the prefix cache. */
  readonly prefixQueries: number
  /** Tokens of prompts that came from the prefix cache. */
  readonly prefixHits: number
  /**
   * Sessions that were closed because their memory or their place was needed; not those that a
   * client closed or that were idle for the TTL.
   */
  readonly evictions: number
  /** Unfinished messages. */
  readonly queueLength: number
  /** Milliseconds in which the model ran. */
  readonly busyMs: number
  /** Runs of the model. */
  readonly runs: number
}

/** Place of each number in the memory. */
const places: Record<keyof EngineStatValues, number> = {
  sessions: 0,
  sessionLimit: 1,
  kvBytes: 2,
  kvLimit: 3,
  prefixQueries: 4,
  prefixHits: 5,
  evictions: 6,
  queueLength: 7,
  busyMs: 8,
  runs: 9,
}
const names = Object.keys(places) as (keyof EngineStatValues)[]

/**
 * Statistics in memory that two threads share: the engine's thread writes them and the event loop
 * reads them, without messages, also while the model runs. There is one writer. Each number is
 * exact, but numbers that are read together may be of two moments.
 */
export class EngineStats {
  private readonly values: Float64Array

  /** @param buffer of the EngineStats in the other thread */
  constructor(readonly buffer = new SharedArrayBuffer(names.length * Float64Array.BYTES_PER_ELEMENT)) {
    this.values = new Float64Array(buffer)
  }

  set(name: keyof EngineStatValues, value: number): void {
    this.values[places[name]] = value
  }

  add(name: keyof EngineStatValues, value: number): void {
    const place = places[name]
    this.values[place] = (this.values[place] as number) + value
  }

  read(): EngineStatValues {
    const entries = names.map((name) => [name, this.values[places[name]]] as const)
    return Object.fromEntries(entries) as unknown as EngineStatValues
  }
}
