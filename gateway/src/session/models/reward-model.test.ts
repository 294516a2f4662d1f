import { status } from '@grpc/grpc-js'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { holdScores } from '../../testing/hold-answers.js'
import { ToyReward } from '../../testing/toy-reward.js'
import { ToyService } from '../../testing/toy-service.js'
import { openToyReward } from '../../testing/toy-sets.js'
import { runJob } from '../../text/index.js'
import { readText } from '../../text/testing/fixtures.js'
import { LogitServiceConnection } from '../grpc/logit-service.js'
import { RewardServiceConnection } from '../grpc/reward-service.js'
import { toAnswerJob, toRewardJob } from './reward-model.js'

let toy: ToyReward
let service: RewardServiceConnection
let address: string
const never = new AbortController().signal
beforeEach(async () => {
  toy = new ToyReward()
  address = await toy.start()
  service = new RewardServiceConnection('picker', address)
})
afterEach(() => {
  service.close()
  toy.kill()
})

test('encodes an answer after the whole conversation', () => {
  const conversation = [{ role: 'user', content: 'what is decoding' }]
  const text = readText('tiny-reward/base')
  const ids = runJob(text, toAnswerJob(conversation, 'alignment aware decoding picks the token'))
  const before = runJob(text, toRewardJob(conversation))
  expect(ids.slice(0, before.length)).toEqual(before)
  // The last token is the chat template's own end: no header of a next answer follows.
  expect([ids, runJob(text, toAnswerJob(conversation, ''))].map((one) => one.at(-1))).toEqual([2, 2])
})

test('splits sequences over several calls if one call cannot hold them', async () => {
  const sequences = Array.from({ length: 150 }, (_, i) => [i + 1])
  expect(await service.score(sequences, 60_000, never)).toEqual(sequences.map(ToyReward.score))
  expect(await service.score([], 60_000, never)).toEqual([])
})

test('a signal or a deadline ends a call and cancels it in the service', async () => {
  holdScores(toy)
  const controller = new AbortController()
  const call = service.score([[1]], 60_000, controller.signal)
  const isAborted = expect(call).rejects.toMatchObject({ code: 'aborted' })
  await expect.poll(() => toy.sequences).toEqual([[1]])
  controller.abort()
  await isAborted
  await expect.poll(() => toy.cancelled).toBe(1)
  await expect(service.score([[1]], 30, never)).rejects.toMatchObject({ code: 'deadline' })
  await expect(service.score([[1]], 60_000, AbortSignal.abort())).rejects.toMatchObject({ code: 'aborted' })
})

test.each([
  [status.RESOURCE_EXHAUSTED, 'exhausted'],
  [status.INVALID_ARGUMENT, 'refused'],
  [status.UNAVAILABLE, 'unavailable'],
  [status.INTERNAL, 'internal'],
])('reports status %i as %s and names the service', async (code, expected) => {
  toy.nextError = { code, details: 'so it is' }
  await expect(service.score([[1]], 60_000, never)).rejects.toMatchObject({
    code: expected,
    message: expect.stringMatching(/^the reward service picker at 127\.0\.0\.1:\d+.*so it is$/),
  })
})

test('refuses a service of another kind and a broken chat template, and names them', async () => {
  const logits = new ToyService(3)
  const logitAddress = await logits.start()
  await expect(openToyReward('picker', logitAddress)).rejects.toMatchObject({
    code: 'refused',
    message: `the reward service picker at ${logitAddress} is not a reward service: expected a service that answers reward calls`,
  })
  logits.kill()
  const reverse = new LogitServiceConnection('dpo', address)
  await expect(reverse.getModel()).rejects.toThrow(
    `the DPO service at ${address} is not a logit service: expected a service that answers logit calls`,
  )
  reverse.close()
  toy.textFiles.set('chat_template.jinja', '{{ messages[')
  await expect(openToyReward('picker', address)).rejects.toThrow("the picker model's text:")
})
