import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { startToyGateway, type ToyGateway } from '../testing/toy-gateway.js'

/** Seeds are signed integers of 64 bits, and no digit is lost. */

let gateway: ToyGateway
beforeAll(async () => {
  gateway = await startToyGateway()
})
afterAll(() => gateway.stop())

const headers = { 'content-type': 'application/json' }
const least = '-9223372036854775808'
const greatest = '9223372036854775807'

/** Sends a body as text: JSON.stringify cannot write these numbers. */
const send = async (fields: string, path = '/v1/completions') => {
  const body = `{"model":"toy/sample","prompt":[4],"max_tokens":8,"ignore_eos":true,"temperature":2,${fields}}`
  const response = await gateway.app().request(path, { method: 'POST', headers, body })
  return { status: response.status, text: await response.text() }
}
const answerSchema = z.object({ choices: z.array(z.object({ text: z.string() })) })
const textOf = async (fields: string) => answerSchema.parse(JSON.parse((await send(fields)).text)).choices[0]?.text
const errorOf = async (fields: string) =>
  z.object({ error: z.object({ message: z.string() }) }).parse(JSON.parse((await send(fields)).text)).error.message

describe.each([least, greatest, '9007199254740993', '-9007199254740993', '0'])('the seed %s', (seed) => {
  test.each([
    [`"seed":${seed}`],
    [`"seed":${seed},"stream":true`],
    [`"decoding":{"seed":${seed}}`],
    [`"decoding":{"seed":${seed},"strategy":"random-of-n","temperature":1,"n":2},"model":"toy"`],
  ])('is accepted, and the answer repeats it: %s', async (fields) => {
    const { status, text } = await send(fields)
    expect(status).toBe(200)
    expect(text).toMatch(new RegExp(`"decoding":\\{[^}]*"seed":${seed}[,}]`))
  })
})

test.each([
  ['1e18', '1000000000000000000'],
  ['-9.2e18', '-9200000000000000000'],
  ['9007199254740993.0', '9007199254740993'],
])('the seed %s is the integer %s', async (seed, integer) => {
  const { status, text } = await send(`"seed":${seed}`)
  expect(status).toBe(200)
  expect(text).toMatch(new RegExp(`"decoding":\\{[^}]*"seed":${integer}[,}]`))
})

test('seeds that JSON.parse rounds to the same number give different answers, each always the same', async () => {
  const seeds = [greatest, '9223372036854775806', '9223372036854775805', least, '-9223372036854775807']
  const texts = await Promise.all(seeds.map((seed) => textOf(`"seed":${seed}`)))
  expect(new Set(texts).size).toBe(seeds.length)
  expect(await Promise.all(seeds.map((seed) => textOf(`"decoding":{"seed":${seed}}`)))).toEqual(texts)
})

test.each([
  ['9223372036854775808'],
  ['-9223372036854775809'],
  ['1e400'],
  ['1.50'],
  ['12345678901234567890123'],
  ['1e19'],
])('the seed %s is refused, and the message shows it as it was sent', async (seed) => {
  const expected = `is ${seed}: expected an integer from ${least} to ${greatest}`
  expect(await errorOf(`"seed":${seed}`)).toBe(`seed ${expected}`)
  expect(await errorOf(`"decoding":{"seed":${seed}}`)).toBe(`decoding.seed ${expected}`)
})

test.each([
  ['"temperature":2.50', 'temperature is 2.50: expected a number from 0 to 2'],
  ['"max_tokens":1e400', 'max_tokens is 1e400: expected an integer of at least 0'],
  [
    '"stop_token_ids":[1,-12345678901234567890]',
    'stop_token_ids.1 is -12345678901234567890: expected an integer of at',
  ],
  ['"decoding":{"alpha":3.00},"model":"toy"', 'decoding.alpha is 3.00: expected'],
  ['"decoding":{"detail":1e2},"model":"toy"', 'decoding.detail is 1e2: expected true or false'],
  ['"logit_bias":{"5":1e400}', 'logit_bias has the bias 1e400 for token 5'],
  ['"best_of":12345678901234567890', 'best_of is not supported by this server: found 12345678901234567890; remove it'],
])('messages show numbers as they were sent: %s', async (fields, message) => {
  expect(await errorOf(fields)).toContain(message)
})

test('/openapi.json has the exact limits of a seed', async () => {
  const text = await (await gateway.app().request('/openapi.json')).text()
  const seeds = text.match(/"seed":\{[^}]*\}+/g) ?? []
  expect(seeds.length).toBeGreaterThan(5)
  for (const seed of seeds) {
    expect(seed).toContain(`"minimum":${least}`)
    expect(seed).toContain(`"maximum":${greatest}`)
  }
})

test('another name of the seed is accepted if it has the same value', async () => {
  expect((await send('"seed":7,"random_seed":7')).status).toBe(200)
  expect((await send('"seed":7,"random_seed":8')).status).toBe(400)
  expect((await send(`"seed":${greatest},"random_seed":8`)).status).toBe(400)
})
