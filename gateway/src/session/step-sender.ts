import type { Step, StepError__Output, StepResponse__Output, StepResult__Output } from '@tandem/proto'
import { type Deal, joinDeals } from './session-ops.js'
import { SessionError, toSessionError } from './session-error.js'
import type { StepStream } from './step-stream.js'

/** A session set's place at a stream. */
export interface StepSeat {
  /** Undefined where the service does not hold what the step stands on. @throws SessionError */
  run(step: Step): Promise<StepResult__Output | undefined>
  /** Nothing more is sent from here. The stream, and all sessions with it, ends when the last seat is left. */
  leave(): void
}

interface Seated {
  /** Its name in errors: "the DPO service at 127.0.0.1:7002". */
  readonly service: string
  /** What the next message has to do before its steps; null for nothing. */
  takeDeal(): Deal | null
}

interface Asked {
  readonly seat: Seated
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
  private readonly seats = new Set<Seated>()

  /** @param stepTimeoutMs the longest that one message may take */
  constructor(
    private readonly stream: StepStream,
    private readonly stepTimeoutMs: number,
  ) {}

  /** Whether somebody sits at the stream still. */
  get isOpen(): boolean {
    return this.seats.size > 0
  }

  join(seat: Seated): StepSeat {
    this.seats.add(seat)
    return {
      run: (step) => this.run(seat, step),
      leave: () => {
        if (this.seats.delete(seat) && this.seats.size === 0) this.stream.close()
      },
    }
  }

  private run(seat: Seated, step: Step): Promise<StepResult__Output | undefined> {
    if (!this.seats.has(seat)) return Promise.reject(new SessionError('aborted', 'the session is closed'))
    // Behind everything that the answers to the last message have set off.
    if (this.asked.length === 0) queueMicrotask(() => process.nextTick(() => this.flush()))
    return new Promise((resolve, reject) => this.asked.push({ seat, step, resolve, reject }))
  }

  private flush(): void {
    const asked = this.asked
    this.asked = []
    const seats = new Set(asked.map(({ seat }) => seat))
    let deal = joinDeals([...seats].flatMap((seat) => seat.takeDeal() ?? []))
    for (let start = 0; start < asked.length; start += maxStepsPerMessage) {
      void this.send(asked.slice(start, start + maxStepsPerMessage), deal)
      deal = null
    }
  }

  /** Never rejects: what goes wrong is told to each step. */
  private async send(asked: readonly Asked[], deal: Deal | null): Promise<void> {
    const steps = asked.map(({ step }) => step)
    try {
      const response = await this.stream.send({ ...deal, steps, timeoutMs: this.stepTimeoutMs })
      // What a deal was to copy may be lost, or find no room at once: steps alone are replayed, and wait for room.
      if (deal && isDealLost(response.error)) return await this.send(asked, null)
      for (const [i, one] of asked.entries()) settle(one, response, i)
    } catch (error) {
      for (const { reject } of asked) reject(error)
    }
  }
}

function settle({ seat, resolve, reject }: Asked, response: StepResponse__Output, index: number): void {
  const { service } = seat
  const result = response.results[index]
  const error = response.error ?? result?.error
  if (error?.code === failedPrecondition) resolve(undefined)
  else if (error) reject(toSessionError(service, error.code, error.message))
  else if (result) resolve(result)
  else reject(new SessionError('internal', `${service} answered without a result`))
}

const isDealLost = (error: StepError__Output | null): boolean =>
  error?.code === failedPrecondition || error?.code === resourceExhausted
