import type { RequestRecord } from '../load/request-record.js'
import type { Hardware } from '../measure/report.js'
import type { LoadArguments } from './arguments.js'
import type { Knee, RatedLoad } from './find-knee.js'
import type { Peak } from './key-value-peak.js'
import type { RouteResult } from './route-load.js'
import type { TargetFacts } from './target-facts.js'

/** The time after a spike in which the service level is not met. */
export interface Recovery {
  /** From the end of the spike to the send of the last request without a good answer. */
  readonly seconds: number
  /** Whether a later request got a good answer. */
  readonly isComplete: boolean
}

/** What a profile measured. */
export interface Measured {
  /** The loads in their order: rates of a ramp, parts of a spike or a soak. */
  readonly loads: readonly RatedLoad[]
  /** All requests of the windows, in the order of their ends. */
  readonly records: readonly RequestRecord[]
  /** Only for a ramp. */
  readonly knee: Knee | null
  /** Only for a spike. */
  readonly recovery: Recovery | null
}

/** The result of a load test. */
export interface LoadResult extends Measured {
  readonly args: LoadArguments
  /** What was loaded. */
  readonly what: string
  readonly facts: TargetFacts
  readonly hardware: Hardware
  readonly routes: readonly RouteResult[]
  /** By role. Empty for a gateway that was running before. */
  readonly peaks: Readonly<Record<string, Peak>>
  /** Processor time of this client divided by the time of the run. */
  readonly clientCores: number
  readonly date: Date
}
