import { isIP } from 'node:net'
import { messageOf, type Resolve, resolveAll } from '@tandem/process'
import { RepeatedTask } from '../waiting/repeated-task.js'
import { limitPlaces, type Place, placesOf, splitAddress } from './addresses.js'

/** Options of an address source. */
export interface AddressOptions {
  /** Time between two lookups of a name, in milliseconds. */
  readonly resolveMs: number
  /** Default: the resolver of the system. */
  readonly resolve?: Resolve
  /** Called with all replicas if they have changed. */
  readonly onChange: (places: readonly Place[]) => void
}

/**
 * Knows where the replicas of a model are. Names are looked up again and again. If a lookup fails
 * or finds nothing, the last known addresses stay: a name server that is down must not end a
 * service that works.
 */
export class AddressSource {
  private readonly known = new Map<string, readonly Place[]>()
  private readonly failures = new Map<string, string>()
  private readonly tasks: readonly RepeatedTask[]
  /** Lookups that have not ended: one that hangs is not asked for again. */
  private readonly pending = new Map<string, ReturnType<Resolve>>()
  private current: readonly Place[] = []
  private isClosed = false

  /** @param addresses host:port, where a host may be a name with several addresses */
  constructor(
    addresses: readonly string[],
    private readonly options: AddressOptions,
  ) {
    const isFixed = (address: string) => isIP(splitAddress(address).host) !== 0
    for (const address of addresses.filter(isFixed)) this.known.set(address, placesOf(address, []))
    const names = addresses.filter((address) => !isFixed(address))
    this.tasks = names.map((address) => new RepeatedTask(() => this.lookUp(address), options.resolveMs))
  }

  /** Why names could not be resolved, last time. */
  get faults(): readonly string[] {
    return [...this.failures.values()]
  }

  /** Tells the fixed addresses at once, and the others when they are resolved. */
  start(): void {
    this.update()
    for (const task of this.tasks) task.runSoon()
  }

  close(): void {
    this.isClosed = true
    for (const task of this.tasks) task.close()
  }

  private async lookUp(address: string): Promise<void> {
    const { host } = splitAddress(address)
    try {
      const found = await this.resolve(host)
      if (found.length === 0) throw new Error('it has no address')
      this.failures.delete(address)
      this.known.set(address, placesOf(address, found))
    } catch (error) {
      const reason = messageOf(error)
      this.failures.set(address, `the host ${host} cannot be resolved: ${reason}`)
    }
    if (!this.isClosed) this.update()
  }

  private resolve(host: string): ReturnType<Resolve> {
    const before = this.pending.get(host)
    if (before) return before
    const found = (this.options.resolve ?? resolveAll)(host).finally(() => this.pending.delete(host))
    this.pending.set(host, found)
    return found
  }

  private update(): void {
    const before = new Set(this.current.map(({ address }) => address))
    const places = limitPlaces([...this.known.values()].flat(), before)
    const isSame = places.length === before.size && places.every(({ address }) => before.has(address))
    this.current = places
    if (!isSame) this.options.onChange(places)
  }
}
