import { afterAll, beforeAll, expect, it } from 'vitest'
import { errorReply, type FakeGateway, startFakeGateway } from '../../testing/fake-gateway.js'
import { ask } from './ask.js'
import { Connection } from './connection.js'

let gateway: FakeGateway
let connection: Connection
beforeAll(async () => {
  // The first two attempts of each request that says so are refused.
  const seen = new Map<string | undefined, number>()
  gateway = await startFakeGateway({
    intercept: ({ body, requestId }) => {
      seen.set(requestId, (seen.get(requestId) ?? 0) + 1)
      const isRefused = body.refuse === true && (seen.get(requestId) ?? 0) <= 2
      return isRefused ? errorReply(429, { message: 'full' }, { 'retry-after': '0' }) : undefined
    },
  })
  connection = new Connection({ url: `${gateway.url}/v1/` }, 2)
})
afterAll(async () => {
  connection.close()
  await gateway.stop()
})

const { signal } = new AbortController()
const question = (requestId: string, body: object = {}) => ({ path: '/v1/chat/completions', body, requestId })

it('tries again while other requests get answers, however long it takes', async () => {
  const patience = { timeoutMs: 60_000, retryForMs: 0 }
  connection.lastOutcomeMs = performance.now() + 60_000
  expect(await ask(connection, question('patient', { refuse: true }), patience, signal)).toMatchObject({ status: 200 })
  connection.lastOutcomeMs = 0
  const impatient = ask(connection, question('impatient', { refuse: true }), { ...patience, retryForMs: -1 }, signal)
  await expect(impatient).rejects.toThrow(`${gateway.url} answered 429 (full), and did not recover within -0.001 s`)
})

it('makes a row of the third answer with 500, whatever other refusals there were', async () => {
  const statuses = [503, 503, 500, 429, 500, 200]
  const other = await startFakeGateway({
    intercept: () => {
      const status = statuses.shift() ?? 200
      return status === 200 ? undefined : errorReply(status, { message: 'no' }, { 'retry-after': '0' })
    },
  })
  const there = new Connection({ url: other.url }, 1)
  const patience = { timeoutMs: 60_000, retryForMs: 60_000 }
  expect(await ask(there, question('recovers'), patience, signal)).toMatchObject({ status: 200 })
  statuses.push(503, 500, 500, 500)
  expect(await ask(there, question('fails'), patience, signal)).toMatchObject({ status: 500 })
  expect(statuses).toEqual([])
  there.close()
  await other.stop()
})

it('notes when it had an outcome', async () => {
  connection.lastOutcomeMs = 0
  await ask(connection, question('noted'), { timeoutMs: 60_000, retryForMs: 0 }, signal)
  expect(connection.lastOutcomeMs).toBeGreaterThan(0)
})

it('refuses a server that answers with something else', async () => {
  const other = await startFakeGateway({ intercept: () => ({ status: 200, text: '<html>' }) })
  const there = new Connection({ url: other.url }, 1)
  const asking = ask(there, question('html'), { timeoutMs: 60_000, retryForMs: 0 }, signal)
  await expect(asking).rejects.toThrow(
    `${other.url} answered with text that is not JSON; expected an OpenAI-compatible`,
  )
  there.close()
  await other.stop()
})
