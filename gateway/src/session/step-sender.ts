import { status } from '@grpc/grpc-js'
import type { Step, StepError__Output, StepResponse__Output, StepResult__Output } from '@tandem/proto'
import { SessionError, toSessionError } from './session-error.js'
import { joinSessionOps, type SessionOps } from './session-ops.js'
import type { StepStream } from './step-stream.js'

/** A session set's channel on a stream that several sets can share. */
export interface StepChannel {
  /**
   * Runs a step; undefined if the service does not hold the tokens before it.
   * @throws SessionError
   */
  run(step: Step): Promise<StepResult__Output | undefined>
  /**
   * Closes the channel. With the last channel the stream ends, and
   * the service frees all its sessions.
   */
  close(): void
}

/** The owner of a channel. */
interface ChannelOwner {
  /** The service's name in errors: "the DPO service at 127.0.0.1:7002". */
  readonly service: string
  /** Returns the operations that the next message must carry, and forgets them; null for none. */
  consumeOps(): SessionOps | null
}

interface PendingStep {
  readonly owner: ChannelOwner
  readonly step: Step
  readonly resolve: (result: StepResult__Output | undefined) => void
  readonly reject: (error: unknown) => void
}

/** Default batch size of a service. The full rows of this many steps fit into one message. */
const maxStepsPerMessage = 16

/**
 * Sends steps of several sessions over one stream. Steps that are requested in the same event loop
 * iteration go out as one message, so that the service runs them as one batch.
 *
 * The flush runs after all requests that the last response caused:
 *
 *   data event    the last response resolves all its steps
 *   microtasks    answer A picks a token: run(A) is the first pending step and queues (1)
 *                 answer B picks a token: run(B)
 *                 (1) calls process.nextTick(2)
 *                 answers C, D, ...: run(C), run(D), ...
 *   next tick     (2) flush: A, B, C, D, ... are sent as one message
 *   setImmediate  readAnswer writes the tokens to the client
 *
 * `process.nextTick` without `queueMicrotask` can be too early: if a callback calls
 * `run`, Node runs the next ticks before the microtasks. A next tick that a
 * microtask adds runs after all microtasks.
 */
export class StepSender {
  private pending: PendingStep[] = []
  private readonly owners = new Set<ChannelOwner>()

  /** @param stepTimeoutMs maximum time for one message */
  constructor(
    private readonly stream: StepStream,
    private readonly stepTimeoutMs: number,
  ) {}

  /** Whether at least one channel is open. */
  get isOpen(): boolean {
    return this.owners.size > 0
  }

  /** Opens a channel. Close it when its sessions are no longer needed. */
  open(owner: ChannelOwner): StepChannel {
    this.owners.add(owner)
    return {
      run: (step) => this.run(owner, step),
      close: () => {
        if (this.owners.delete(owner) && this.owners.size === 0) this.stream.close()
      },
    }
  }

  private run(owner: ChannelOwner, step: Step): Promise<StepResult__Output | undefined> {
    if (!this.owners.has(owner)) return Promise.reject(new SessionError('aborted', 'the session is closed'))
    if (this.pending.length === 0) queueMicrotask(() => process.nextTick(() => this.flush()))
    return new Promise((resolve, reject) => this.pending.push({ owner, step, resolve, reject }))
  }

  private flush(): void {
    const pending = this.pending
    this.pending = []
    const owners = new Set(pending.map(({ owner }) => owner))
    let ops = joinSessionOps([...owners].flatMap((owner) => owner.consumeOps() ?? []))
    for (let start = 0; start < pending.length; start += maxStepsPerMessage) {
      void this.send(pending.slice(start, start + maxStepsPerMessage), ops)
      ops = null
    }
  }

  /** Never rejects: each step gets its own error. */
  private async send(pending: readonly PendingStep[], ops: SessionOps | null): Promise<void> {
    const steps = pending.map(({ step }) => step)
    try {
      const response = await this.stream.send({ ...ops, steps, timeoutMs: this.stepTimeoutMs })
      // A session to copy may be lost, or the service may have no free session at once.
      // Steps without operations are replayed and wait for a free session.
      if (ops && haveOpsFailed(response.error)) return await this.send(pending, null)
      for (const [i, one] of pending.entries()) settle(one, response, i)
    } catch (error) {
      for (const { reject } of pending) reject(error)
    }
  }
}

function settle({ owner, resolve, reject }: PendingStep, response: StepResponse__Output, index: number): void {
  const { service } = owner
  const result = response.results[index]
  const error = response.error ?? result?.error
  if (error?.code === status.FAILED_PRECONDITION) resolve(undefined)
  else if (error) reject(toSessionError(service, error.code, error.message))
  else if (result) resolve(result)
  else reject(new SessionError('internal', `${service} sent a response without a result for each step`))
}

const haveOpsFailed = (error: StepError__Output | null): boolean =>
  error?.code === status.FAILED_PRECONDITION || error?.code === status.RESOURCE_EXHAUSTED
