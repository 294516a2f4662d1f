import type { ClientPod } from './client-pod.js'
import type { GoldenRequest } from './golden.js'
import type { Kubernetes } from './kubernetes.js'

/** What came of a step. */
export interface StepResult {
  readonly tried: number
  readonly passed: number
  /** What was found, for the table. */
  readonly found: string
}

/** What steps use. */
export interface StepContext {
  readonly kubernetes: Kubernetes
  readonly client: ClientPod
  readonly golden: readonly GoldenRequest[]
  /** The URL of the gateway in the cluster. */
  readonly url: string
  readonly apiKey: string
  readonly signal: AbortSignal
  /**
   * Changes values of the release, and waits until it has rolled out. Values that were set before
   * stay.
   */
  upgrade(values: readonly string[]): Promise<void>
  /** Writes a line of progress. */
  log(line: string): void
}

/** A part of the proof, which uses the installed release. */
export interface Step {
  readonly key: string
  readonly title: string
  /** Throws if the step cannot be done. */
  run(context: StepContext): Promise<StepResult>
}
