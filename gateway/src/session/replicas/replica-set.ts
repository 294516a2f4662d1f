import type { Resolve } from '@tandem/process'
import type { GetModelResponse__Output } from '@tandem/proto'
import { SessionError } from '../contract/session-error.js'
import { Waiters } from '../waiting/waiters.js'
import { AddressSource } from './address-source.js'
import type { Place } from './addresses.js'
import { choose } from './choose.js'
import { findMismatch } from './find-mismatch.js'
import type { Lease, Replicas, Wish } from './lease.js'
import { describeChange, describeFaults, mayServe, serves } from './matching.js'
import { hashPrefixes, PrefixAffinity, type PromptPrefixes } from './prefix-affinity.js'
import type { ProbedConnection } from './probe.js'
import { Replica } from './replica.js'
import type { ReplicaDescription } from './replica-description.js'
import type { ReplicaHome } from './replica-home.js'
import { type ReplicaLog, StateLog } from './state-log.js'

/** Maximum number of requests that wait for a replica of one model. */
const maxWaiting = 4_096

/** Options of a replica set. */
export interface ReplicaOptions<Connection> {
  /** The model's name in messages: "DPO". */
  readonly title: string
  /** host:port of each replica. A host may be a name of several replicas. */
  readonly addresses: readonly string[]
  /** Creates the connection to a replica. The set closes it. */
  readonly connect: (place: Place) => Connection
  /** Time between two lookups of a name. */
  readonly resolveMs: number
  /** Time without an answer after which the sessions of a replica end. */
  readonly hangMs: number
  /** Maximum time to wait for a ready replica. */
  readonly waitMs: number
  /** Default: the resolver of the system. */
  readonly resolve?: Resolve
  readonly log?: ReplicaLog
}

/**
 * The replicas of one model: it keeps a connection to each, and chooses one for each new session.
 * Close it at the end.
 */
export class ReplicaSet<Connection extends ProbedConnection> implements Replicas<Connection> {
  private readonly replicas = new Map<string, Replica<Connection>>()
  private readonly waiters = new Waiters(maxWaiting)
  private readonly affinity = new PrefixAffinity()
  private readonly addresses: AddressSource
  private readonly stateLog: StateLog
  private firstRead: GetModelResponse__Output | null = null
  private wakeTimer: NodeJS.Timeout | undefined
  private isClosed = false
  private readonly home: ReplicaHome = {
    findMismatch: (model) => this.findMismatch(model),
    isAlone: (replica) => ![...this.replicas.values()].some((other) => other !== replica && other.isServing),
    canMove: (wish) => this.findPlaces(wish).length > 0,
    onRestart: (address) => this.affinity.forget(address),
    onChange: () => this.onChange(),
  }

  constructor(private readonly options: ReplicaOptions<Connection>) {
    const { title, addresses, resolveMs, resolve, log } = options
    this.stateLog = new StateLog(title, log)
    const onChange = (places: readonly Place[]) => this.onPlaces(places)
    this.addresses = new AddressSource(addresses, { resolveMs, onChange, ...(resolve ? { resolve } : {}) })
    this.addresses.start()
  }

  /**
   * The model that was read first. All others must fit it. @throws TypeError before `firstModel`
   */
  get model(): GetModelResponse__Output {
    if (this.firstRead === null) throw new TypeError('no model is read yet: expected a call of firstModel before')
    return this.firstRead
  }

  /** Why no replica is ready, or null if one is. */
  get fault(): string | null {
    const described = this.describe()
    if (described.some(({ state }) => state === 'ready')) return null
    return describeFaults(this.options.title, described, this.addresses.faults)
  }

  /**
   * Waits for the first model.
   * @throws SessionError `refused` if all addresses are of services of another kind; `unavailable`
   * with the reasons if the signal aborts before
   */
  firstModel(signal: AbortSignal): Promise<GetModelResponse__Output> {
    const attempt = () => {
      const [error, ...others] = [...this.replicas.values()].map(({ permanentError }) => permanentError)
      if (this.firstRead === null && error && !others.includes(null)) throw error
      return this.firstRead
    }
    const errorOf = () => new SessionError('unavailable', this.fault ?? 'the model could not be read')
    return this.waiters.wait(attempt, { timeoutMs: Number.POSITIVE_INFINITY, signal, errorOf })
  }

  /**
   * Returns a connection for the text files of the first model.
   * @throws SessionError `unavailable` if no replica that answers has this version
   */
  anyConnection(): Connection {
    const { version } = this.model
    for (const { model, state, connection } of this.replicas.values())
      if (model?.version === version && state !== 'connecting') return connection
    throw new SessionError('unavailable', this.fault ?? this.describeOther(version))
  }

  async acquire(wish: Wish, signal: AbortSignal): Promise<Lease<Connection>> {
    if (signal.aborted) throw SessionError.ofSignal(signal)
    const prefixes = hashPrefixes(wish.prompt)
    if (wish.othersNow) return this.acquireOther(wish, prefixes)
    const errorOf = (end: 'timeout' | 'abort') =>
      end === 'abort' ? SessionError.ofSignal(signal) : this.errorFor(wish, 'unavailable')
    const lease = this.waiters.wait(() => this.tryAcquire(wish, prefixes), {
      timeoutMs: this.options.waitMs,
      signal,
      errorOf,
    })
    this.scheduleWake()
    return lease
  }

  /** Says that the replicas now serve another version than the one that was read first. */
  private describeOther(expected: string): string {
    const versions = [...this.replicas.values()].flatMap(({ model, state }) =>
      model && state !== 'connecting' ? [model.version.slice(0, 12)] : [],
    )
    const found = [...new Set(versions)].join(', ') || 'none'
    return (
      `the replicas of the ${this.options.title} model serve version ${found}: expected ${expected.slice(0, 12)}, ` +
      'which was read first. Start replicas of that version, or restart the gateway'
    )
  }

  private acquireOther(wish: Wish, prefixes: PromptPrefixes): Lease<Connection> {
    const others = this.findPlaces(wish).filter(({ address }) => !wish.avoid.has(address))
    const lease = this.takeOneOf(others, wish, prefixes)
    if (!lease) throw this.errorFor(wish, 'unavailable')
    return lease
  }

  /** Describes all replicas, in the order in which they became known. */
  describe(): ReplicaDescription[] {
    return [...this.replicas.values()].map((replica) => replica.describe())
  }

  /** Closes all connections, and ends all waits. */
  close(): void {
    this.isClosed = true
    this.addresses.close()
    clearTimeout(this.wakeTimer)
    this.waiters.close(new SessionError('unavailable', 'the gateway is stopping'))
    for (const replica of this.replicas.values()) replica.close()
  }

  private findMismatch(model: GetModelResponse__Output): string | null {
    this.firstRead ??= model
    return findMismatch(model, this.firstRead)
  }

  private tryAcquire(wish: Wish, prefixes: PromptPrefixes): Lease<Connection> | null {
    const lease = this.takeOneOf(this.findPlaces(wish), wish, prefixes)
    if (lease) return lease
    const known = [...this.replicas.values()]
    if (known.length > 0 && !known.some((replica) => mayServe(replica, wish))) throw this.errorFor(wish, 'changed')
    return null
  }

  private takeOneOf(places: Replica<Connection>[], wish: Wish, prefixes: PromptPrefixes): Lease<Connection> | null {
    const chosen = choose(places, { ...wish, prefixHolder: this.affinity.find(prefixes) })
    if (!chosen) return null
    this.affinity.remember(prefixes, chosen.address)
    return chosen.open(wish)
  }

  private findPlaces(wish: Wish): Replica<Connection>[] {
    return [...this.replicas.values()].filter((replica) => serves(replica.model, wish) && replica.hasPlace)
  }

  private errorFor(wish: Wish, code: 'changed' | 'unavailable'): SessionError {
    const { title } = this.options
    const described = this.describe()
    const ready = [...this.replicas.values()].filter(({ state }) => state === 'ready')
    if (ready.length > 0 && !ready.some(({ model }) => serves(model, wish)))
      return new SessionError('changed', describeChange(title, described, wish))
    return new SessionError(code, describeFaults(title, described, this.addresses.faults))
  }

  private onPlaces(places: readonly Place[]): void {
    const wanted = new Set(places.map(({ address }) => address))
    for (const replica of this.replicas.values()) replica.isRetired = !wanted.has(replica.address)
    for (const place of places) if (!this.replicas.has(place.address)) this.add(place)
    this.onChange()
  }

  private add(place: Place): void {
    const replica = new Replica(this.options.connect(place), this.home, this.options.hangMs)
    this.replicas.set(place.address, replica)
    replica.start()
  }

  private onChange(): void {
    if (this.isClosed) return
    this.removeRetired()
    this.stateLog.update(this.describe())
    this.waiters.wake()
    this.scheduleWake()
  }

  private removeRetired(): void {
    for (const [address, replica] of this.replicas) {
      if (!replica.isRetired || !replica.isIdle) continue
      replica.close()
      this.replicas.delete(address)
      this.affinity.forget(address)
    }
  }

  /** Lets those who wait try again when a pause is over, which no event tells. */
  private scheduleWake(): void {
    clearTimeout(this.wakeTimer)
    if (this.waiters.count === 0) return
    const times = [...this.replicas.values()].map(({ nextPlaceMs }) => nextPlaceMs).filter((time) => time !== null)
    if (times.length === 0) return
    const delayMs = Math.max(1, Math.min(...times) - performance.now())
    this.wakeTimer = setTimeout(() => this.onChange(), Math.ceil(delayMs)).unref()
  }
}
