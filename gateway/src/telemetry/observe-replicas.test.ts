import { recordTelemetry } from '@tandem/telemetry/testing'
import { afterEach, expect, test } from 'vitest'
import { ToyReward } from '../testing/toy-reward.js'
import { ToyService } from '../testing/toy-service.js'
import { openToyReplicas } from '../testing/toy-sets.js'
import { createGatewayMetrics } from './gateway-metrics.js'
import { observeReplicas } from './observe-replicas.js'

const [leaving, lost, changed] = [new ToyService(3), new ToyService(3), new ToyService(3)]
const reward = new ToyReward()
afterEach(() => {
  for (const toy of [leaving, lost, changed, reward]) toy.kill()
})

const none = { connecting: 0, ready: 0, draining: 0, ejected: 0, refused: 0 }

test('reports each state of each model until the observation ends', async () => {
  const addresses = await Promise.all([leaving, lost, changed].map((toy) => toy.start()))
  const rewardAddresses = [await reward.start()]
  // A logit and a reward model may have one name.
  const sets = openToyReplicas(new Map([['picker', addresses]]), new Map([['picker', rewardAddresses]]))
  const { telemetry, values } = recordTelemetry()
  const end = observeReplicas(createGatewayMetrics(telemetry.meter, 'toy'), sets)
  const countsOf = async (service: string) => {
    const labels = { model_name: 'toy', service, model: 'picker' }
    const found = (await values('replicas')).filter(({ attributes }) => attributes.service === service)
    for (const { attributes } of found) expect(attributes).toMatchObject(labels)
    return Object.fromEntries(found.map(({ attributes, value }) => [attributes.state, value]))
  }
  await expect.poll(() => countsOf('logit')).toEqual({ ...none, ready: 3 })

  leaving.isServing = false
  for (const toy of [lost, changed]) toy.kill()
  changed.model.contextLength = 32
  await changed.start(Number(addresses[2]?.split(':')[1]))
  const now = { ...none, draining: 1, connecting: 1, refused: 1 }
  await expect.poll(() => countsOf('logit')).toEqual(now)
  expect(await countsOf('reward')).toEqual({ ...none, ready: 1 })

  end()
  for (const set of [...sets.logit.values(), ...sets.reward.values()]) set.close()
})
