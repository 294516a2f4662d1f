import { status } from '@grpc/grpc-js'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ToyReplica, ToyReplicas } from '../../testing/toy-replicas.js'
import { ToyReward } from '../../testing/toy-reward.js'
import { RewardServiceConnection } from '../grpc/reward-service.js'
import type { Failover } from './failover.js'
import { FailoverScorer } from './failover-scorer.js'

const create = () => new ToyReplica(new ToyReward(), (address) => new RewardServiceConnection('picker', address))
let first: ReturnType<typeof create>
let second: ReturnType<typeof create>
beforeEach(async () => {
  first = create()
  second = create()
  await Promise.all([first.start(), second.start()])
})
afterEach(() => {
  first.stop()
  second.stop()
})

const never = new AbortController().signal
const sequences = [[1, 2], [3]]
const scores = sequences.map(ToyReward.score)
const scorer = (maxReplays = 4, waitLimitMs = 120_000) =>
  new FailoverScorer('picker', new ToyReplicas([first, second], waitLimitMs), maxReplays)

test('another replica scores if one dies, stops answering or fails', async () => {
  first.service.beforeScore = () => first.service.kill()
  expect(await scorer().score(sequences, 60_000, never)).toEqual(scores)
  await first.start()
  first.service.beforeScore = () => {
    first.service.beforeScore = () => undefined
    first.hang()
  }
  expect(await scorer().score(sequences, 60_000, never)).toEqual(scores)
  first.service.nextError = { code: status.INTERNAL, details: 'the engine failed' }
  expect(await scorer().score(sequences, 60_000, never)).toEqual(scores)
  expect(second.service.sequences).toHaveLength(6)
  expect(first.failures).toEqual(['unavailable', 'unavailable', 'internal'])
  expect([first.leases, second.leases]).toEqual([0, 0])
})

test('tells which replica was left, why, and where the scores came from', async () => {
  const failovers: Failover[] = []
  const onFailover = (failover: Failover) => failovers.push(failover)
  first.service.nextError = { code: status.RESOURCE_EXHAUSTED, details: 'full' }
  await scorer().score(sequences, 60_000, never, { onFailover })
  const [from, to] = [first.connection.address, second.connection.address]
  expect(failovers).toMatchObject([{ model: 'picker', reason: 'exhausted', from, to }])
})

test('an error of the request itself is not repeated', async () => {
  first.service.nextError = { code: status.INVALID_ARGUMENT, details: 'too long' }
  await expect(scorer().score(sequences, 60_000, never)).rejects.toMatchObject({ code: 'refused' })
  expect(second.service.sequences).toEqual([])
})

test('fails when the replays are used up, or no replica is ready in time', async () => {
  first.service.nextError = { code: status.UNAVAILABLE, details: 'stopping' }
  await expect(scorer(0).score(sequences, 60_000, never)).rejects.toMatchObject({ code: 'unavailable' })
  first.service.kill()
  second.service.kill()
  await expect(scorer(4, 50).score(sequences, 60_000, never)).rejects.toMatchObject({ code: 'unavailable' })
  expect([first.leases, second.leases]).toEqual([0, 0])
})
