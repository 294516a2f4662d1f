import { afterEach, beforeEach, expect } from 'vitest'
import { LogitServiceConnection } from '../session/grpc/logit-service.js'
import type { Lease, Wish } from '../session/replicas/lease.js'
import { type ReplicaOptions, ReplicaSet } from '../session/replicas/replica-set.js'
import { sessionOptions } from './session-options.js'
import { ToyService } from './toy-service.js'

/** Replica sets over two toy services, for the tests of replicas. */

export type LogitSet = ReplicaSet<LogitServiceConnection>
export type LogitLease = Lease<LogitServiceConnection>

/** A wish that any replica fulfils. */
export const anyReplica: Wish = {
  version: null,
  release: null,
  engineIds: new Set(),
  prompt: null,
  avoid: new Set(),
  othersNow: false,
}
export const never = new AbortController().signal
export const soon = () => AbortSignal.timeout(120_000)

/** The services of the running test, and their addresses. */
export let toys: ToyService[]
export let addresses: string[]
export const sets: LogitSet[] = []

/** Starts two toy services before each test, and closes all sets and services after it. */
export function useToys(): void {
  beforeEach(async () => {
    toys = [new ToyService(3), new ToyService(3)]
    addresses = await Promise.all(toys.map((toy) => toy.start()))
  })
  afterEach(() => {
    for (const set of sets.splice(0)) set.close()
    for (const toy of toys) toy.kill()
  })
}

/** Creates a set over the toys, which is closed after the test. */
export function createSet(changes: Partial<ReplicaOptions<LogitServiceConnection>> = {}): LogitSet {
  const set = new ReplicaSet({
    title: 'DPO',
    addresses,
    connect: ({ address }) => new LogitServiceConnection('dpo', address),
    resolveMs: 20,
    hangMs: 60_000,
    waitMs: 120_000,
    ...changes,
  })
  sets.push(set)
  return set
}

export const statesOf = (set: LogitSet) => set.describe().map(({ state }) => state)
export const acquire = (set: LogitSet, wish: Partial<Wish> = {}, signal = soon()) =>
  set.acquire({ ...anyReplica, ...wish }, signal)
export const portOf = (address: string) => Number(address.split(':')[1])
/** Creates a set, and waits until all replicas are ready. */
export async function openReady(changes?: Partial<ReplicaOptions<LogitServiceConnection>>): Promise<LogitSet> {
  const set = createSet(changes)
  await expect.poll(() => statesOf(set), { interval: 5 }).toEqual(addresses.map(() => 'ready'))
  return set
}
/** The index of a lease's replica. */
export const placeOf = (lease: LogitLease) => addresses.indexOf(lease.address)
export function toyAt(index: number): ToyService {
  const toy = toys[index]
  if (!toy) throw new RangeError(`there is no toy ${index}`)
  return toy
}
export const toyOf = (lease: LogitLease) => toyAt(placeOf(lease))
export const otherThan = (lease: LogitLease) => toyAt(1 - placeOf(lease))

/** Runs a step on a lease, which then has its first answer. */
export async function step(lease: LogitLease): Promise<void> {
  const options = { ...sessionOptions(AbortSignal.any([soon(), lease.lost])), served: lease.model }
  const set = await lease.connection.openSessions(options)
  try {
    await set.sessions[0].step([5, 6], 'last', [{ kind: 'top-k', k: 1 }])
    lease.succeed()
  } finally {
    set.close()
  }
}
