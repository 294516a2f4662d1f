import { expect, test } from 'vitest'
import { parseLoadArguments, usage } from './arguments.js'
import { profileNames } from './profiles.js'

test('a profile has its own values, which options override', () => {
  expect(parseLoadArguments(['steady'])).toMatchObject({ profile: 'steady', rate: 1, clients: null, seconds: 60 })
  expect(parseLoadArguments(['smoke'])).toMatchObject({ clients: 2, tokens: 8 })
  expect(parseLoadArguments(['smoke', '--rate', '3'])).toMatchObject({ clients: null, rate: 3 })
  expect(
    parseLoadArguments(['soak', '--clients', '4', '--strategy', 'aad', '--strategy', 'eft', '--max-ttft', '10']),
  ).toMatchObject({ clients: 4, strategies: ['aad', 'eft'], level: { firstTokenMs: 10, perTokenMs: 200 } })
})

test('a URL may end in a slash', () => {
  expect(parseLoadArguments(['smoke', '--url', 'http://h:1/']).url).toBe('http://h:1')
})

test.each([
  [[], 'the profile is missing: expected one of smoke, steady, ramp, spike, soak'],
  [['fast'], 'the profile is fast: expected one of smoke, steady, ramp, spike, soak'],
  [['smoke', 'ramp'], 'the profile is ramp: expected one of smoke, steady, ramp, spike, soak'],
  [['steady', '--clients', '1', '--rate', '1'], '--clients and --rate: expected only one of them'],
  [['ramp', '--clients', '1'], '--clients with ramp: expected --rate'],
  [['smoke', '--url', 'http://h:1', '--tiny'], '--url and --tiny: expected only one of them'],
  [['soak', '--write'], '--write with soak: docs/operations.md has tables of steady, ramp, spike'],
  [['soak', '--rate', '2000'], '--rate 2000 for 600 s: expected at most 1000000 requests, which are all kept'],
  [['smoke', '--tokens', '1'], '--tokens is 1: expected a number from 2 to 4096'],
])('%j is refused', (args, message) => {
  expect(() => parseLoadArguments(args)).toThrow(message)
})

test('the help names each profile', () => {
  for (const name of profileNames) expect(usage).toMatch(new RegExp(`^  ${name} `, 'm'))
})
