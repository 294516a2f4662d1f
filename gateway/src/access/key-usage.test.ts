import { expect, test } from 'vitest'
import { type KeyLimits, noLimits } from './key-limits.js'
import { KeyUsage } from './key-usage.js'

function createUsage(limits: Partial<KeyLimits>) {
  const clock = { nowMs: 0 }
  return { clock, usage: new KeyUsage({ ...noLimits, ...limits }, () => clock.nowMs) }
}

test('counts requests per minute, also those that fail later', () => {
  const { clock, usage } = createUsage({ requestsPerMinute: 2 })
  usage.start().end()
  usage.countRequest()
  expect(() => usage.start()).toThrow('this API key has used its 2 requests per minute: retry in 30 s')
  expect(usage.requestState).toEqual({ limit: 2, remaining: 0, resetMs: 60_000 })
  clock.nowMs = 30_000
  usage.countRequest()
  expect(() => usage.countRequest()).toThrow('retry in 30 s')
})

test('limits requests at once, each until its end', () => {
  const { usage } = createUsage({ concurrent: 2 })
  const [first, second] = [usage.start(), usage.start()]
  expect(() => usage.start()).toThrow('requests of this API key at once: 2, its maximum. Retry when one has ended')
  first.end()
  first.end()
  usage.start()
  expect(() => usage.start()).toThrow('at once: 2')
  second.end()
  usage.start()
})

test('a refused request is not counted', () => {
  const { usage } = createUsage({ concurrent: 1, requestsPerMinute: 2 })
  usage.start()
  expect(() => usage.start()).toThrow('at once')
  expect(usage.requestState?.remaining).toBe(1)
})

test('takes the prompt before the request runs, and generated tokens as they come', () => {
  const { clock, usage } = createUsage({ tokensPerMinute: 60 })
  const request = usage.start()
  request.takePrompt(20, 60)
  request.count(30)
  expect(usage.tokenState).toMatchObject({ limit: 60, remaining: 10 })
  expect(() => usage.start().takePrompt(11, 11)).toThrow('has used its 60 tokens per minute: retry in 1 s')
  request.count(25)
  expect(usage.tokenState).toMatchObject({ remaining: 0, resetMs: 75_000 })
  expect(() => usage.start()).toThrow('retry in 16 s')
  clock.nowMs = 16_000
  usage.start()
})

test('refuses a request that can never fit, and gives the prompt of one that did not run back', () => {
  const { usage } = createUsage({ tokensPerMinute: 60 })
  const request = usage.start()
  expect(() => request.takePrompt(10, 61)).toThrow(
    'the request can take 61 tokens (the prompt and all answers), but this API key has 60 tokens per minute: ' +
      'shorten the prompt, or lower max_tokens or the number of answers',
  )
  request.takePrompt(60, 60)
  request.refundPrompt()
  request.refundPrompt()
  expect(usage.tokenState?.remaining).toBe(60)
})

test('without limits everything passes, and there is nothing to show', () => {
  const { usage } = createUsage({})
  for (let i = 0; i < 100; i++) usage.start().takePrompt(1e9, 1e9)
  expect([usage.requestState, usage.tokenState]).toEqual([null, null])
})
