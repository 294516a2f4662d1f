import type { Step, StepError__Output, StepResponse__Output, StepResult__Output } from '@tandem/proto'
import type { Deal } from './deal.js'
import { SessionError, toSessionError } from './session-error.js'
import type { StepStream } from './step-stream.js'

export interface SenderOptions {
  /** Its name in errors: "the DPO service at 127.0.0.1:7002". */
  readonly service: string
  /** The longest that one step may take. */
  readonly stepTimeoutMs: number
}

interface Asked {
  readonly step: Step
  readonly resolve: (result: StepResult__Output | undefined) => void
  readonly reject: (error: unknown) => void
}

/** As many as a service runs in one batch, unless it is told otherwise; and their full rows fit into one message. */
const maxStepsPerMessage = 16

const resourceExhausted = 8
const failedPrecondition = 9

/** Sends steps of several sessions over one stream: those that are asked for in one turn of the event loop go as one message. */
export class StepSender {
  private asked: Asked[] = []

  /** @param takeDeal what the next message has to do before its steps; null for nothing */
  constructor(
    private readonly stream: StepStream,
    private readonly options: SenderOptions,
    private readonly takeDeal: () => Deal | null,
  ) {}

  /** Undefined where the service does not hold what the step stands on. @throws SessionError */
  run(step: Step): Promise<StepResult__Output | undefined> {
    // Behind everything that the answers to the last message have set off.
    if (this.asked.length === 0) queueMicrotask(() => process.nextTick(() => this.flush()))
    return new Promise((resolve, reject) => this.asked.push({ step, resolve, reject }))
  }

  private flush(): void {
    const asked = this.asked
    this.asked = []
    let deal = this.takeDeal()
    for (let start = 0; start < asked.length; start += maxStepsPerMessage) {
      void this.send(asked.slice(start, start + maxStepsPerMessage), deal)
      deal = null
    }
  }

  /** Never rejects: what goes wrong is told to each step. */
  private async send(asked: readonly Asked[], deal: Deal | null): Promise<void> {
    const steps = asked.map(({ step }) => step)
    try {
      const response = await this.stream.send({ ...deal, steps, timeoutMs: this.options.stepTimeoutMs })
      // What a deal was to copy may be lost, or find no room at once: steps alone are replayed, and wait for room.
      if (deal && isDealLost(response.error)) return await this.send(asked, null)
      for (const [i, one] of asked.entries()) this.settle(one, response, i)
    } catch (error) {
      for (const { reject } of asked) reject(error)
    }
  }

  private settle({ resolve, reject }: Asked, response: StepResponse__Output, index: number): void {
    const { service } = this.options
    const result = response.results[index]
    const error = response.error ?? result?.error
    if (error?.code === failedPrecondition) resolve(undefined)
    else if (error) reject(toSessionError(service, error.code, error.message))
    else if (result) resolve(result)
    else reject(new SessionError('internal', `${service} answered without a result`))
  }
}

const isDealLost = (error: StepError__Output | null): boolean =>
  error?.code === failedPrecondition || error?.code === resourceExhausted
