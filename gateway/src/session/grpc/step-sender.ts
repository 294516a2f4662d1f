import { status } from '@grpc/grpc-js'
import type { Step, StepResponse__Output, StepResult__Output } from '@tandem/proto'
import type { MessageTracer } from '../contract/message-tracer.js'
import type { MessageTimes } from '../contract/service-call.js'
import { SessionError, toSessionError } from '../contract/session-error.js'
import { raceSignal } from '../waiting/race-signal.js'
import { joinSessionOps, type SessionOps } from './session-ops.js'
import type { StepStream } from './step-stream.js'

/** The answer to a step. */
export interface StepAnswer {
  /** Undefined if the service does not hold the tokens before the step. */
  readonly result: StepResult__Output | undefined
  /** The times of the message that carried the step. */
  readonly times: MessageTimes
}

/** A session set's channel on a stream that several sets can share. */
export interface StepChannel {
  /**
   * Runs a step.
   * @throws SessionError
   */
  run(step: Step): Promise<StepAnswer>
  /**
   * Closes the channel. With the last channel the stream ends, and
   * the service frees all its sessions.
   */
  close(): void
}

/** The owner of a channel. */
interface ChannelOwner {
  /** The model's name for the tracer. */
  readonly model: string
  /** The service's name in errors: "the DPO service at 127.0.0.1:7002". */
  readonly service: string
  /** Ends its steps; the stream may have other owners, whose steps go on. */
  readonly lost?: AbortSignal | undefined
  /** Returns the operations that the next message must carry, and forgets them; null for none. */
  consumeOps(): SessionOps | null
}

/** Options of all messages. */
export interface SenderOptions {
  /** Maximum time for one message. */
  readonly stepTimeoutMs: number
  /** Is told about each message. */
  readonly messages?: MessageTracer | undefined
}

interface MessageAnswer {
  readonly response: StepResponse__Output
  readonly times: MessageTimes
}

interface PendingStep {
  readonly owner: ChannelOwner
  readonly step: Step
  readonly resolve: (answer: StepAnswer) => void
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

  constructor(
    private readonly stream: StepStream,
    private readonly options: SenderOptions,
  ) {}

  /** Whether the stream works. It ends with its last channel. */
  get isOpen(): boolean {
    return this.stream.isOpen
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

  private run(owner: ChannelOwner, step: Step): Promise<StepAnswer> {
    if (!this.owners.has(owner)) return Promise.reject(new SessionError('aborted', 'the session is closed'))
    if (this.pending.length === 0) queueMicrotask(() => process.nextTick(() => this.flush()))
    const answer = new Promise<StepAnswer>((resolve, reject) => this.pending.push({ owner, step, resolve, reject }))
    return owner.lost ? raceSignal(answer, owner.lost) : answer
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
    try {
      const answer = await this.exchange(pending, ops)
      const again = ops ? pending.filter((_, i) => needsNoOps(answer.response, i)) : []
      for (const [i, one] of pending.entries())
        if (!again.includes(one)) settle(one, answer, { index: i, count: pending.length })
      if (again.length === 0) return
      const { response, times } = await this.exchange(again, null)
      const whole = { response, times: { ...times, sentMs: answer.times.sentMs } }
      for (const [i, one] of again.entries()) settle(one, whole, { index: i, count: again.length })
    } catch (error) {
      for (const { reject } of pending) reject(error)
    }
  }

  private async exchange(pending: readonly PendingStep[], ops: SessionOps | null): Promise<MessageAnswer> {
    const steps = pending.map(({ step }) => step)
    const { messages, stepTimeoutMs: timeoutMs } = this.options
    const sentMs = performance.now()
    const trace = messages?.begin(modelsOf(pending), countTokens(steps), sentMs)
    const traceparent = trace?.traceparent ?? ''
    try {
      const { response, receivedMs } = await this.stream.send({ ...ops, steps, timeoutMs, traceparent })
      const { queueUs, computeUs } = response
      trace?.end({ receivedMs, queueUs, computeUs })
      return { response, times: { sentMs, receivedMs, queueUs, computeUs } }
    } catch (error) {
      trace?.end(error instanceof Error ? error : new Error(String(error)))
      throw error
    }
  }
}

/** The names of the models that a message has steps of. */
const modelsOf = (pending: readonly PendingStep[]): string =>
  [...new Set(pending.map(({ owner }) => owner.model))].join(',')

const countTokens = (steps: readonly Step[]): number =>
  steps.reduce((sum, { tokenIds }) => sum + (tokenIds?.length ?? 0), 0)

/** The place of a step in its message, and the number of steps there. */
interface StepPlace {
  readonly index: number
  readonly count: number
}

function settle(
  { owner, resolve, reject }: PendingStep,
  { response, times }: MessageAnswer,
  { index, count }: StepPlace,
): void {
  const { service } = owner
  const { results } = response
  const result = results[index]
  const error = response.error ?? result?.error
  if (error?.code === status.FAILED_PRECONDITION) resolve({ result: undefined, times })
  // This process has not cancelled the step: it would not wait for it any more.
  else if (error?.code === status.CANCELLED) reject(toSessionError(service, status.UNAVAILABLE, error.message))
  else if (error) reject(toSessionError(service, error.code, error.message))
  else if (result && results.length === count) resolve({ result, times })
  else reject(new SessionError('internal', `${service} sent ${results.length} results for ${count} steps`))
}

/**
 * Whether a step is sent again without the operations of its message. A session to copy may be
 * lost, or the service may have no memory at once. Steps without operations are replayed, and wait
 * for memory.
 */
function needsNoOps({ error, results }: StepResponse__Output, index: number): boolean {
  if (error) return error.code === status.FAILED_PRECONDITION || error.code === status.RESOURCE_EXHAUSTED
  return results[index]?.error?.code === status.RESOURCE_EXHAUSTED
}
