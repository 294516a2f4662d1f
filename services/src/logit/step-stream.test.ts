import { emptyPrefixHash, type StepResponse__Output } from '@tandem/proto'
import { afterEach, expect, test } from 'vitest'
import { endToys, serveToy, step, type ToyClient, unary } from './testing/toy-service.js'

afterEach(endToys)

/** Collects the next `count` responses of a stream. */
function nextResponses(stream: ReturnType<ToyClient['stepStream']>, count: number): Promise<StepResponse__Output[]> {
  return new Promise((resolve, reject) => {
    const responses: StepResponse__Output[] = []
    const collect = (response: StepResponse__Output) => {
      responses.push(response)
      if (responses.length < count) return
      stream.off('data', collect)
      resolve(responses)
    }
    stream.on('data', collect)
    stream.once('error', reject)
  })
}

test('answers in the order of the requests, and closes the sessions when the stream ends', async () => {
  const { client } = await serveToy({ prefillChunk: 1 })
  const stream = client.stepStream()
  const answers = nextResponses(stream, 3)
  stream.write({ requestId: 1, steps: [step('long', [], new Array(20).fill(1))] })
  stream.write({ requestId: 2, steps: [step('short', [], [2])] })
  stream.write({ requestId: 3, steps: [step('short', [2], [3])] })
  const responses = await answers
  expect(responses.map((response) => response.requestId)).toEqual([1, 2, 3])
  expect(responses.map((response) => response.results[0]?.position)).toEqual([20, 1, 2])
  stream.on('data', () => undefined)
  const ended = new Promise((resolve) => stream.on('end', resolve))
  stream.end()
  await ended
  const after = await unary(client, { steps: [step('short', [2, 3], [4])] })
  expect(after.results[0]?.error).toMatchObject({
    code: 9,
    heldPosition: 0,
    heldPrefixHash: emptyPrefixHash.toString(),
  })
})

test('closes a session that was opened again before its close was answered', async () => {
  const { client } = await serveToy({ prefillChunk: 1 })
  const stream = client.stepStream()
  const answers = nextResponses(stream, 3)
  stream.write({ requestId: 1, steps: [step('a', [], [1, 2, 3])] })
  stream.write({ requestId: 2, closeSessionIds: ['a'] })
  stream.write({ requestId: 3, steps: [step('a', [], [4])] })
  expect((await answers)[2]?.results[0]?.position).toBe(1)
  stream.on('data', () => undefined)
  const ended = new Promise((resolve) => stream.on('end', resolve))
  stream.end()
  await ended
  const after = await unary(client, { steps: [step('a', [4], [5])] })
  expect(after.results[0]?.error).toMatchObject({ code: 9, heldPosition: 0 })
})

test('a cancelled stream drops its work at the next chunk and closes its sessions', async () => {
  const { client, engine } = await serveToy({ prefillChunk: 1 })
  const stream = client.stepStream()
  stream.on('error', () => undefined)
  const cancelled = new Promise<void>((resolve) => {
    engine.beforeRun = async () => {
      if (engine.runs.length === 3) {
        stream.cancel()
        resolve()
      }
      await new Promise((wake) => setTimeout(wake, 5))
    }
  })
  stream.write({ steps: [step('a', [], new Array(60).fill(1))] })
  await cancelled
  await expect.poll(async () => (await unary(client, { steps: [step('a', [1], [1])] })).results[0]?.error?.code).toBe(9)
  const after = await unary(client, { steps: [step('a', [1], [1])] })
  expect(after.results[0]?.error?.heldPosition).toBe(0)
  expect(engine.runs.length).toBeLessThan(40)
})
