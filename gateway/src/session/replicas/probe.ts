import type { GetLoadResponse__Output, GetModelResponse__Output } from '@tandem/proto'
import { SessionError } from '../contract/session-error.js'
import type { ServiceConnection } from '../grpc/service-connection.js'
import { RepeatedTask } from '../waiting/repeated-task.js'

const probeIntervalMs = 1_000
/** Time limit of each call. */
const maxCallMs = 2_000

/** What a probe needs of a connection. */
export type ProbedConnection = Pick<
  ServiceConnection,
  'name' | 'address' | 'isConnected' | 'onConnectivity' | 'getModel' | 'getLoad' | 'checkHealth' | 'close'
>

/**
 * What the probe found.
 *  - connecting: no answer since the connection was made or lost
 *  - refused: its model does not fit the pair
 *  - draining: it shuts down
 *  - serving: it takes sessions
 */
export type ProbeState = 'connecting' | 'refused' | 'draining' | 'serving'

/** Is told what the probe finds. */
export interface ProbeListener {
  /** Returns why the model cannot be used, or null. Called after each connect. */
  findMismatch(model: GetModelResponse__Output): string | null
  /** @param askedMs when the load was asked for, on the clock of performance.now() */
  onLoad(load: GetLoadResponse__Output, askedMs: number): void
  /** The connection is lost. */
  onDisconnect(): void
  /** The replica has not answered for the hang time, although it may still be connected. */
  onHang(): void
  /** A probe ended. */
  onProbe(): void
}

/**
 * Asks a replica about once a second whether it serves and how full it is, and after each connect
 * which model it has: another process may answer then. All calls have a time limit.
 */
export class Probe {
  /** What the replica serves, or served when it last answered. */
  model: GetModelResponse__Output | null = null
  /** Why the last probe failed. */
  error: SessionError | null = null
  private readonly task = new RepeatedTask(() => this.run(), probeIntervalMs)
  private readonly closing = new AbortController()
  private readonly callMs: number
  private mismatch: string | null = null
  private isServing = false
  /** Whether the last probe passed, and nothing has raised a doubt since. */
  private isReachable = false
  /** Counts doubts, so that a probe that began before one does not dispel it. */
  private doubts = 0
  /** Counts lost connections. */
  private epoch = 0
  private verifiedEpoch = -1
  private hangTimer: NodeJS.Timeout | undefined

  /** @param hangMs time without an answer after which a replica counts as hung */
  constructor(
    private readonly connection: ProbedConnection,
    private readonly hangMs: number,
    private readonly listener: ProbeListener,
  ) {
    this.callMs = Math.min(maxCallMs, hangMs)
    connection.onConnectivity(() => this.onConnectivity())
  }

  get state(): ProbeState {
    if (!this.isReachable || !this.isVerified) return 'connecting'
    if (this.mismatch !== null) return 'refused'
    return this.isServing ? 'serving' : 'draining'
  }

  /** Why the replica takes no sessions, or null if it does. */
  get fault(): string | null {
    const { name } = this.connection
    switch (this.state) {
      case 'connecting':
        return this.error?.message ?? `${name} is not connected yet`
      case 'refused':
        return (
          `${name} now serves ${this.model?.modelId}, which does not fit the others (${this.mismatch}). ` +
          'Serve models that fit, or restart the gateway to use the new model'
        )
      case 'draining':
        return `${name} is not serving`
      default:
        return null
    }
  }

  start(): void {
    this.task.runSoon()
  }

  /** A call has failed. The replica takes no sessions until a probe passes. */
  doubt(): void {
    this.doubts++
    this.isReachable = false
    this.task.runSoon()
  }

  /** The replica answered a session, so it does not hang. */
  answered(): void {
    if (this.hangTimer === undefined) return
    this.stopHangTimer()
    this.startHangTimer(performance.now())
  }

  close(): void {
    this.closing.abort()
    this.task.close()
    this.stopHangTimer()
    this.connection.close()
  }

  /** Whether all answers since the model was read came over one connection, which still stands. */
  private get isVerified(): boolean {
    return this.verifiedEpoch === this.epoch && this.connection.isConnected
  }

  private onConnectivity(): void {
    if (this.closing.signal.aborted) return
    if (!this.connection.isConnected) {
      this.epoch++
      this.isReachable = false
      this.listener.onDisconnect()
    }
    this.task.runSoon()
  }

  private async run(): Promise<void> {
    const startedMs = performance.now()
    const { doubts } = this
    try {
      const { signal } = this.closing
      const [isServing, load] = await Promise.all([
        this.connection.checkHealth(this.callMs, signal),
        this.connection.getLoad(this.callMs, signal),
      ])
      if (!this.isVerified) await this.verify(signal)
      this.isServing = isServing
      this.error = null
      this.stopHangTimer()
      this.listener.onLoad(load, startedMs)
      // A doubt that is younger than this probe has asked for another one.
      if (doubts !== this.doubts) return
      this.isReachable = true
    } catch (error) {
      if (this.closing.signal.aborted) return
      this.isReachable = false
      this.error = error instanceof SessionError ? error : new SessionError('internal', String(error), { cause: error })
      this.startHangTimer(startedMs)
    }
    this.listener.onProbe()
  }

  private async verify(signal: AbortSignal): Promise<void> {
    const { epoch } = this
    const model = await this.connection.getModel(this.callMs, signal)
    if (epoch !== this.epoch || !this.connection.isConnected)
      throw new SessionError('unavailable', `${this.connection.name} is unavailable: the connection was lost`)
    this.model = model
    this.mismatch = this.listener.findMismatch(model)
    this.verifiedEpoch = epoch
  }

  private startHangTimer(sinceMs: number): void {
    if (this.hangTimer !== undefined) return
    const remainingMs = Math.max(0, sinceMs + this.hangMs - performance.now())
    this.hangTimer = setTimeout(() => this.listener.onHang(), remainingMs).unref()
  }

  private stopHangTimer(): void {
    clearTimeout(this.hangTimer)
    this.hangTimer = undefined
  }
}
