import { Client, credentials, type ServiceError } from '@grpc/grpc-js'
import { LogitService, type StepRequest, type StepResponse__Output } from '@tandem/proto'
import fc from 'fast-check'
import { afterEach, expect, test } from 'vitest'
import { endToys, serveToy, step, unary } from './testing/toy-service.js'

/** A service answers or refuses every message, and then still answers a good one. */

afterEach(endToys)

const { path, requestSerialize, responseDeserialize } = LogitService.service.Step

/** Sends bytes as a message. @returns the answer, or the error of the call */
function send(client: Client, bytes: Buffer): Promise<StepResponse__Output | ServiceError> {
  return new Promise((resolve) => {
    const options = { deadline: Date.now() + 360_000 }
    client.makeUnaryRequest(
      path,
      (raw: Buffer) => raw,
      responseDeserialize,
      bytes,
      options,
      (error, response) => resolve(error ?? (response as StepResponse__Output)),
    )
  })
}

const uint32 = fc.oneof(fc.integer({ min: 0, max: 70 }), fc.constantFrom(2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1))
const ids = fc.array(uint32, { maxLength: 70 })
const sessionId = fc.oneof(
  fc.constantFrom('a', 'b', 'c', '', '__proto__', 'constructor', '\0', '\ud800', 'x'.repeat(128), 'x'.repeat(129)),
  fc.string({ maxLength: 8 }),
)
const readout = fc.oneof(
  fc.constant({}),
  fc.constant({ full: {} }),
  fc.record({ topK: fc.record({ k: uint32 }) }),
  fc.record({ gather: fc.record({ rows: fc.array(fc.record({ ids }), { maxLength: 4 }) }) }),
  fc.record({
    candidates: fc.record({
      alpha: fc.oneof(fc.double(), fc.constantFrom(0, -0, 1, 1.1, Number.NaN, Number.POSITIVE_INFINITY, 5e-324)),
      exclude: ids,
    }),
  }),
)
const anyStep = fc.record({
  sessionId,
  position: uint32,
  prefixHash: fc.constantFrom('0', '1', '14695981039346656037', '18446744073709551615'),
  tokenIds: ids,
  rows: fc.constantFrom(0, 1, 2, 3, 1000),
  readouts: fc.array(readout, { maxLength: 10 }),
  vocabularyLimit: uint32,
  prefixScope: sessionId,
  role: fc.constantFrom('', 'sft', 'dpo', 'x'.repeat(1000)),
})
const request = fc.record({
  requestId: uint32,
  traceparent: fc.string({ maxLength: 60 }),
  timeoutMs: fc.constantFrom(0, 1000, 2 ** 32 - 1),
  forks: fc.array(fc.record({ fromSessionId: sessionId, toSessionId: sessionId }), { maxLength: 4 }),
  reorder: fc.option(
    fc.record({ sessionIds: fc.array(sessionId, { maxLength: 4 }), parents: fc.array(uint32, { maxLength: 4 }) }),
  ),
  steps: fc.array(anyStep, { maxLength: 5 }),
  closeSessionIds: fc.array(sessionId, { maxLength: 4 }),
})

/** Codes that tell a client what to change: never INTERNAL. */
const refusals = [3, 4, 8, 9]

test('answers or refuses well-formed messages with any values', async () => {
  const { client, stats } = await serveToy({ maxSessions: 8 })
  await fc.assert(
    fc.asyncProperty(request, async (message) => {
      const response = await send(client, requestSerialize(message as StepRequest))
      if (response instanceof Error) throw response
      const failures = [response.error, ...response.results.map(({ error }) => error)]
      for (const failure of failures) if (failure) expect(refusals, failure.message).toContain(failure.code)
      for (const { rows } of response.results)
        for (const { logSumExp } of rows) expect(Number.isFinite(logSumExp)).toBe(true)
    }),
    { numRuns: 300 },
  )
  await expectAnswer(client)
  expect(stats.read().sessions).toBeLessThanOrEqual(8)
})

test('answers or refuses any bytes, and messages with changed bytes', async () => {
  const { client } = await serveToy({ maxSessions: 8 })
  const changed = fc.tuple(request, fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 5 }))
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 100 }).map((array) => Buffer.from(array)),
    changed.map(([message, changes]) => {
      const raw = Buffer.from(requestSerialize(message as StepRequest))
      for (const [at, value] of changes) if (raw.length > 0) raw[at % raw.length] = value
      return raw
    }),
  )
  await fc.assert(
    fc.asyncProperty(bytes, async (raw) => {
      const response = await send(client, raw)
      // INTERNAL is what grpc-js answers if a message cannot be parsed.
      if (response instanceof Error) expect([3, 8, 13]).toContain(response.code)
    }),
    { numRuns: 300 },
  )
  await expectAnswer(client)
})

test('a message of many empty parts is refused before they become objects', async () => {
  const { client } = await serveToy()
  const response = await send(client, Buffer.alloc(8 * 1024 * 1024, Buffer.from([6 * 8 + 2, 0])))
  expect(response).toMatchObject({ code: 13, details: 'Error deserializing request' })
  await expectAnswer(client)
})

test('a message that is too large is refused', async () => {
  const { server } = await serveToy()
  const client = new Client(server.address, credentials.createInsecure(), { 'grpc.max_send_message_length': -1 })
  const response = await send(client, Buffer.alloc(33 * 1024 * 1024))
  client.close()
  expect(response).toMatchObject({ code: 8 })
})

async function expectAnswer(client: Parameters<typeof unary>[0]): Promise<void> {
  const { error, results } = await unary(client, { steps: [step('good', [], [1, 2, 3])] })
  expect([error, results[0]?.error, results[0]?.position]).toEqual([null, null, 3])
}
