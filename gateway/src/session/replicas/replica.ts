import type { GetModelResponse__Output } from '@tandem/proto'
import { SessionError } from '../contract/session-error.js'
import { Circuit } from './circuit.js'
import type { Wish } from './lease.js'
import { Probe, type ProbedConnection } from './probe.js'
import type { ReplicaDescription, ReplicaState } from './replica-description.js'
import type { ReplicaHome } from './replica-home.js'
import { type LeaseHome, ReplicaLease } from './replica-lease.js'
import { Room } from './room.js'
import { Warmup } from './warmup.js'

/** New sessions that may wait for their first answer when a replica has just come back. */
const firstWindow = 4

/** One replica: its connection, its probe, its leases and what they tell about it. */
export class Replica<Connection extends ProbedConnection> implements LeaseHome<Connection> {
  /** Whether its address is gone. It gets no new sessions, and is closed when its last one ends. */
  isRetired = false
  private readonly probe: Probe
  private readonly circuit = new Circuit()
  private readonly warmup = new Warmup()
  private readonly room = new Room()
  private readonly leases = new Set<ReplicaLease<Connection>>()
  /** Failures since the last probe. They count only if the replica then still answers. */
  private recentFailures = 0
  private lastFailure: SessionError | null = null
  private wasServing = false
  private hasServed = false

  constructor(
    readonly connection: Connection,
    private readonly home: ReplicaHome,
    hangMs: number,
  ) {
    this.probe = new Probe(connection, hangMs, {
      findMismatch: (model) => this.findMismatch(model),
      onLoad: (load, askedMs) => this.room.report(load, askedMs),
      onDisconnect: () => this.onDisconnect(),
      onHang: () => this.onHang(),
      onProbe: () => this.onProbe(),
    })
  }

  start(): void {
    this.probe.start()
  }

  close(): void {
    this.probe.close()
  }

  get address(): string {
    return this.connection.address
  }

  /** What it serves, or served when it last answered. */
  get model(): GetModelResponse__Output | null {
    return this.probe.model
  }

  get engineId(): string {
    return this.model?.device?.engineId ?? ''
  }

  get free(): number {
    return this.room.free
  }

  get isIdle(): boolean {
    return this.leases.size === 0
  }

  /** Whether it answers and does not shut down. It may still be ejected. */
  get isServing(): boolean {
    return this.probe.state === 'serving' && !this.isRetired
  }

  get state(): ReplicaState {
    const { state } = this.probe
    if (state !== 'serving') return state
    if (this.isRetired) return 'draining'
    // Most of the time: then nobody needs to know about the other replicas.
    if (this.circuit.isClosed) return 'ready'
    return this.circuit.stateAt(performance.now(), this.home.isAlone(this)) === 'open' ? 'ejected' : 'ready'
  }

  /** Whether its service is of another kind, which no later attempt changes. */
  get permanentError(): SessionError | null {
    return this.probe.error?.code === 'refused' ? this.probe.error : null
  }

  /** Whether it takes one more session now. */
  get hasPlace(): boolean {
    return this.state === 'ready' && this.warmup.admits(performance.now())
  }

  /** When it may take a session without an event before; null if only an event helps. */
  get nextPlaceMs(): number | null {
    if (!this.isServing) return null
    const isAlone = this.home.isAlone(this)
    const nowMs = performance.now()
    if (this.circuit.stateAt(nowMs, isAlone) === 'open') return this.circuit.trialMs(isAlone)
    return this.warmup.nextSlotMs(nowMs)
  }

  describe(): ReplicaDescription {
    const { address, state, model, room, leases } = this
    const version = model?.version ?? null
    const release = model?.release ?? null
    return { address, state, fault: this.faultAt(state), version, release, load: room.load, sessions: leases.size }
  }

  /** Begins a lease. Only if `hasPlace`. */
  open(wish: Wish): ReplicaLease<Connection> {
    const { model } = this
    if (model === null) throw new TypeError(`${this.connection.name} has no model yet: expected one that has a place`)
    const nowMs = performance.now()
    const kvBytes = (wish.prompt?.tokenIds.length ?? 0) * model.kvBytesPerToken
    const record = { wish, model, slot: this.warmup.begin(nowMs), opened: this.room.open(kvBytes, nowMs) }
    const lease = new ReplicaLease(this, record)
    this.leases.add(lease)
    return lease
  }

  shouldMove({ record: { wish, model } }: ReplicaLease<Connection>): boolean {
    return this.probe.state === 'draining' && this.home.canMove({ ...wish, version: model.version })
  }

  onSuccess({ record }: ReplicaLease<Connection>, isFirst: boolean): void {
    this.probe.answered()
    const isAlone = this.circuit.isClosed || this.home.isAlone(this)
    const closes = this.circuit.succeed(performance.now(), isAlone)
    const grows = isFirst && this.warmup.answer(record.slot)
    if (closes || grows) this.home.onChange()
  }

  onFailure(error: SessionError): void {
    this.lastFailure = error
    if (error.code === 'exhausted') this.room.markFull()
    if (error.code === 'internal') this.countFailure()
    if (error.code !== 'unavailable') return
    this.recentFailures++
    this.probe.doubt()
  }

  onRelease(lease: ReplicaLease<Connection>): void {
    this.leases.delete(lease)
    this.room.close(lease.record.opened)
    this.warmup.end(lease.record.slot)
    this.home.onChange()
  }

  private findMismatch(model: GetModelResponse__Output): string | null {
    // Failures of calls that the last connection lost say nothing about this one.
    this.recentFailures = 0
    if (this.model?.device?.engineId !== model.device?.engineId) this.home.onRestart(this.address)
    return this.home.findMismatch(model)
  }

  private onProbe(): void {
    const isServing = this.probe.state === 'serving'
    if (isServing && !this.wasServing && this.hasServed) this.warmup.restart(firstWindow)
    if (isServing) for (let i = 0; i < Math.min(this.recentFailures, 3); i++) this.countFailure()
    // Without an answer the replica gets no sessions anyway, and a new process is a new start.
    this.recentFailures = 0
    this.wasServing = isServing
    this.hasServed ||= isServing
    this.home.onChange()
  }

  /**
   * Ends the leases without an answer: their calls may not have left yet, and another process could
   * get them. All others fail by themselves, or go on if the service closes the connection gently.
   */
  private onDisconnect(): void {
    this.wasServing = false
    this.recentFailures = 0
    if (this.leases.size > 0) this.countFailure()
    const error = new SessionError('unavailable', `${this.connection.name} is unavailable: the connection was lost`)
    for (const lease of this.leases) if (!lease.hasAnswer) lease.lose(error)
    this.home.onChange()
  }

  private onHang(): void {
    const error = new SessionError('unavailable', `${this.connection.name} is unavailable: it does not respond`)
    for (const lease of this.leases) lease.lose(error)
  }

  private countFailure(): void {
    if (this.circuit.fail(performance.now(), this.home.isAlone(this))) this.warmup.restart(1)
  }

  private faultAt(state: ReplicaState): string | null {
    if (state === 'draining' && this.isRetired) return `${this.connection.name} is no longer an address of the model`
    if (state !== 'ejected') return this.probe.fault
    return `${this.connection.name} fails again and again, the last time with: ${this.lastFailure?.message}`
  }
}
