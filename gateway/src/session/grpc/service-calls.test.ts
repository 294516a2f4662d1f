import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { sessionOptions } from '../../testing/session-options.js'
import { ToyService } from '../../testing/toy-service.js'
import type { MessageTracer } from '../contract/message-tracer.js'
import type { ServiceCall } from '../contract/service-call.js'
import type { Readout, Session } from '../contract/session.js'
import { LogitServiceConnection } from './logit-service.js'

/** The times of calls, and what a tracer is told, over real gRPC. */

let services: Record<'dpo' | 'sft', ToyService>
let connections: Record<'dpo' | 'sft', LogitServiceConnection>
beforeEach(async () => {
  services = { dpo: new ToyService(3), sft: new ToyService(4) }
  connections = {
    dpo: new LogitServiceConnection('dpo', await services.dpo.start()),
    sft: new LogitServiceConnection('sft', await services.sft.start()),
  }
})
afterEach(() => {
  for (const connection of Object.values(connections)) connection.close()
  for (const service of Object.values(services)) service.kill()
})

const best: readonly Readout[] = [{ kind: 'top-k', k: 1 }]
const summaryOf = (session: Session) =>
  session.consumeCalls().map(({ model, tokens, isReplay }) => ({ model, tokens, isReplay }))

const openDpo = async (messages?: MessageTracer, signal?: AbortSignal) => {
  const { sessions } = await connections.dpo.openSessions({ ...sessionOptions(signal), messages })
  return sessions[0]
}

function expectPlausible({ sentMs, receivedMs, queueUs, computeUs }: ServiceCall, before: number): void {
  expect(sentMs).toBeGreaterThanOrEqual(before)
  expect(receivedMs).toBeLessThanOrEqual(performance.now())
  expect((receivedMs - sentMs) * 1000).toBeGreaterThanOrEqual(queueUs + computeUs)
}

test('a call has the times of its message, and is returned once', async () => {
  services.dpo.beforeStep = () => delay(20)
  const session = await openDpo()
  const before = performance.now()
  await session.step([5, 6, 7], 'last', best)
  await session.readout(best)
  const [step, readout] = session.consumeCalls()
  if (!step || !readout) throw new TypeError('expected two calls')
  for (const call of [step, readout]) expectPlausible(call, before)
  expect(step).toMatchObject({ model: 'dpo', tokens: 3, isReplay: false })
  expect(step.computeUs).toBeGreaterThan(15_000)
  expect(readout).toMatchObject({ tokens: 0, computeUs: 0 })
  expect(session.consumeCalls()).toEqual([])
})

test('a replay is one call that is marked, after the call that found the session lost', async () => {
  const session = await openDpo()
  await session.step([5, 6], 'last', best)
  session.consumeCalls()
  services.dpo.sessions.clear()
  await session.step([7], 'last', best)
  const lost = { model: 'dpo', tokens: 0, isReplay: false }
  expect(summaryOf(session)).toEqual([lost, { ...lost, tokens: 3, isReplay: true }])
  services.dpo.sessions.clear()
  await session.step([8, 9], 'all', best)
  expect(summaryOf(session)).toEqual([lost, { ...lost, tokens: 5, isReplay: true }])
})

/** Records what a tracer is told. */
function createTracer() {
  const log: unknown[] = []
  const tracer: MessageTracer = {
    begin: (model, tokens) => {
      log.push(['begin', model, tokens])
      const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(15)}${log.length}-01`
      return {
        traceparent,
        end: (outcome) =>
          log.push(outcome instanceof Error ? ['failed', outcome.message] : ['end', Object.keys(outcome).sort()]),
      }
    },
  }
  return { log, tracer }
}
const ended = ['end', ['computeUs', 'queueUs', 'receivedMs']]

test('a tracer begins and ends each message, and its trace context travels with it', async () => {
  const { log, tracer } = createTracer()
  const session = await openDpo(tracer)
  await session.step([5, 6], 'last', best)
  await session.readout(best)
  expect(log).toEqual([['begin', 'dpo', 2], ended, ['begin', 'dpo', 0], ended])
  const sent = services.dpo.messages.map(({ traceparent }) => traceparent)
  expect(sent).toEqual([1, 3].map((i) => `00-${'a'.repeat(32)}-${'b'.repeat(15)}${i}-01`))
})

test('a message that is sent again without its operations is traced twice, and is one call', async () => {
  const sent: number[] = []
  const messages: MessageTracer = {
    begin: (_model, _tokens, sentMs) => {
      sent.push(sentMs)
      return null
    },
  }
  const set = await connections.dpo.openSessions({ ...sessionOptions(), messages })
  await set.sessions[0].step([5], 'last', best)
  set.sessions[0].consumeCalls()
  set.reorder([0, 0])
  services.dpo.nextSessionOpsError = { code: 8, message: 'full' }
  await set.sessions[0].step([6], 'last', best)
  const found = set.sessions[0].consumeCalls()
  expect(sent).toHaveLength(3)
  expect(found.map(({ sentMs }) => sentMs)).toEqual([sent[1]])
  set.close()
})

test('without a tracer, or if it traces nothing, the trace context is empty', async () => {
  await (await openDpo()).step([5], 'last', best)
  await (await openDpo({ begin: () => null })).step([5], 'last', best)
  expect(services.dpo.messages.map(({ traceparent }) => traceparent)).toEqual(['', ''])
})

test('a tracer is told of a message that is not answered', async () => {
  const { log, tracer } = createTracer()
  const client = new AbortController()
  const session = await openDpo(tracer, client.signal)
  services.dpo.beforeStep = () => client.abort()
  await expect(session.step([5], 'last', best)).rejects.toMatchObject({ code: 'aborted' })
  expect(log).toEqual([
    ['begin', 'dpo', 1],
    ['failed', 'the client has disconnected'],
  ])
})

test('a message with steps of two models is traced once, and is a call of each', async () => {
  const device = { host: 'here', kind: 'cpu', units: [0], threads: 1, engineId: 'one' }
  for (const [role, service] of Object.entries(services))
    Object.assign(service.model, { role, engineRoles: ['dpo', 'sft'], device })
  const { log, tracer } = createTracer()
  const options = { ...sessionOptions(), messages: tracer }
  const open = async (one: LogitServiceConnection) => one.openSessions({ ...options, served: await one.getModel() })
  const sets = await Promise.all(Object.values(connections).map(open))
  const sessions = sets.map((set) => set.sessions[0])
  await Promise.all(sessions.map((session) => session.step([5, 6], 'last', best)))
  expect(log).toEqual([['begin', 'dpo,sft', 4], ended])
  const [[dpo], [sft]] = sessions.map((session) => session.consumeCalls()) as [ServiceCall[], ServiceCall[]]
  expect(dpo).toMatchObject({ model: 'dpo', tokens: 2 })
  expect(sft).toEqual({ ...dpo, model: 'sft' })
  for (const set of sets) set.close()
})
