import { attributeNames as names } from '@tandem/telemetry'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ToyReward } from '../testing/toy-reward.js'
import { openToyReward } from '../testing/toy-sets.js'
import { createRecordedGateway } from './testing/recorded-gateway.js'

const { now, start, stop, serve, chat, finish, serverSpans, spansOf, sampleOf } = createRecordedGateway()
beforeEach(() => start())
afterEach(stop)

const unavailable = { code: 14, message: 'the engine has stopped', heldPosition: 0, heldPrefixHash: '0' }
const labels = ',model="dpo"'

/** Lets the DPO service fail once, at its third step. */
function failOnce(): void {
  let steps = 0
  now.toys.dpo.beforeStep = () => {
    if (++steps === 3) now.toys.dpo.nextError = unavailable
  }
}

test('a failover is counted, logged and drawn in the trace', async () => {
  const address = now.toys.pair.models.get('dpo')?.replicas.describe()[0]?.address
  failOnce()
  const response = await chat()
  expect([response.status, await finish(response)]).toEqual([200, expect.stringContaining('"completion_tokens":6')])
  expect(await sampleOf('failovers', `${labels},reason="unavailable"`)).toBe(1)
  expect(await sampleOf('failoverPause', labels, '_count')).toBe(1)
  expect(now.logLines).toMatchObject([{ status: 200, failovers: 1 }])
  const [root] = serverSpans()
  expect(root?.attributes[names.failovers]).toBe(1)
  const spans = spansOf('failover')
  expect(spans.map(({ attributes }) => attributes)).toEqual([
    {
      [names.model]: 'dpo',
      [names.failoverReason]: 'unavailable',
      [names.failoverFrom]: address,
      [names.failoverTo]: address,
    },
  ])
  expect(spans[0]?.parentSpanContext?.spanId).toBe(root?.spanContext().spanId)
})

test('a failover after which the request could not continue is only drawn', async () => {
  await stop()
  await start(500)
  let steps = 0
  now.toys.dpo.beforeStep = () => {
    if (++steps === 3) now.toys.dpo.kill()
  }
  const response = await chat()
  expect(response.status).toBe(503)
  await finish(response)
  expect(await sampleOf('failovers', `${labels},reason="unavailable"`)).toBeUndefined()
  expect(now.logLines[0]).not.toHaveProperty('failovers')
  expect(spansOf('failover').map(({ attributes }) => attributes[names.failoverTo])).toEqual([undefined])
})

test('without a failover nothing is said; without a trace there is no span', async () => {
  await finish(await chat())
  expect(now.logLines[0]).not.toHaveProperty('failovers')
  expect(serverSpans()[0]?.attributes).not.toHaveProperty(names.failovers)
  await serve({}, { OTEL_TRACES_SAMPLER: 'always_off' })
  failOnce()
  await (await chat()).text()
  await expect.poll(() => now.logLines).toMatchObject([{ failovers: 1 }])
  expect(now.recorded.spans()).toEqual([])
})

test('failovers of a reward model are counted, in chats and in /v1/score', async () => {
  const toy = new ToyReward()
  const reward = await openToyReward('picker', await toy.start())
  await serve({}, {}, { rewards: new Map([['picker', reward]]) })
  toy.nextError = { code: 14, details: 'stopping' }
  await finish(await chat({ decoding: { strategy: 'best-of-n', n: 2, seed: 1 } }))
  expect(now.logLines).toMatchObject([{ status: 200, failovers: 1 }])
  expect(spansOf('failover')[0]?.attributes).toMatchObject({ [names.model]: 'picker' })
  toy.nextError = { code: 14, details: 'stopping' }
  const scored = await fetch(`${now.url}/v1/score`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      messages: [
        { role: 'user', content: 'a' },
        { role: 'assistant', content: 'b' },
      ],
    }),
  })
  expect(scored.status).toBe(200)
  expect(await sampleOf('failovers', ',model="picker",reason="unavailable"')).toBe(2)
  reward.replicas.close()
  toy.kill()
})
