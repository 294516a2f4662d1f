import { expect, test } from 'vitest'
import type { ServiceCall } from '../../session/contract/service-call.js'
import { ToySession } from '../../testing/toy-session.js'
import type { LoopStep } from './decode-loop.js'
import { TimedLoop } from './timed-loop.js'
import { noTime, type PickedToken } from './token.js'

const picked = (id: number, isDraft: boolean): PickedToken => ({
  id,
  logprob: null,
  top: [],
  detail: null,
  choice: { candidateCount: null, advantage: null, isDraft },
})
const twoTokens: LoopStep = { tokens: [picked(5, false), picked(6, true)], drafted: 3, accepted: 1 }
const promptCall: ServiceCall = {
  model: 'dpo',
  tokens: 7,
  isReplay: false,
  sentMs: 0,
  receivedMs: 40,
  queueUs: 0,
  computeUs: 30_000,
}
const contextOf = (promptCalls: readonly ServiceCall[] = []) => ({
  sessions: new Map([['dpo', new ToySession(() => new Float32Array())]]),
  promptCalls,
  answer: 4,
})

test('the first token of a step has its time, the others have none', async () => {
  const [first, second] = await new TimedLoop({ next: async () => twoTokens }, contextOf()).next()
  expect(first).toMatchObject({ ...twoTokens.tokens[0], timing: { drafted: 3, accepted: 1, dpoUs: null } })
  const { startMs = 0, endMs = 0 } = first?.timing ?? {}
  expect(endMs).toBeGreaterThanOrEqual(startMs)
  expect(second).toEqual({ ...twoTokens.tokens[1], timing: { ...noTime, startMs, endMs } })
})

test('the first step begins when the prompt was sent, the second does not', async () => {
  const loop = new TimedLoop({ next: async () => twoTokens }, contextOf([promptCall]))
  const [first] = await loop.next()
  expect(first?.timing).toMatchObject({ startMs: 0, dpoUs: 30_000, dpoTokens: 7, wireUs: 10_000 })
  const [later] = await loop.next()
  expect(later?.timing).toMatchObject({ dpoUs: null, dpoTokens: null })
  expect(later?.timing.startMs).toBeGreaterThanOrEqual(first?.timing.endMs ?? Number.NaN)
})

test('a tracer is told of the start and the end of each step, also if it fails', async () => {
  const log: unknown[] = []
  const steps = {
    begin: (answer: number) => {
      log.push(['begin', answer])
      return { end: (tokens: readonly PickedToken[]) => log.push(['end', tokens.map(({ id }) => id)]) }
    },
  }
  await new TimedLoop({ next: async () => twoTokens }, { ...contextOf(), steps }).next()
  const failing = new TimedLoop({ next: () => Promise.reject(new Error('lost')) }, { ...contextOf(), steps })
  await expect(failing.next()).rejects.toThrow('lost')
  expect(log).toEqual([
    ['begin', 4],
    ['end', [5, 6]],
    ['begin', 4],
    ['end', []],
  ])
})
