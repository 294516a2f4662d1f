import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { decodePaths } from '../decode/loop/decode-path.js'
import { byteAlphabet, cutIntoTokens, endOfText, startByteGateway, tokenBytes } from '../testing/byte-tokens.js'
import { readEvents, type ToyGateway } from '../testing/toy-gateway.js'

/**
 * A stream has the same text as the whole answer, for any text, any split into tokens and any stop
 * strings.
 */

let gateway: ToyGateway
beforeAll(async () => {
  gateway = await startByteGateway()
})
afterAll(() => gateway.stop())

/** The prompt of both endpoints: one letter. */
const prompt = cutIntoTokens('a', [])
const characters = fc.constantFrom(...byteAlphabet)
const texts = fc.string({ unit: characters, maxLength: 14 })
/** Parts of the text, and optional other strings. */
const stopPicks = fc.array(
  fc.oneof(
    fc.record({ start: fc.nat(20), length: fc.integer({ min: 1, max: 5 }) }),
    fc.string({ unit: characters, minLength: 1, maxLength: 4 }),
  ),
  { maxLength: 3 },
)
type StopPick = string | { readonly start: number; readonly length: number }

const pickStops = (text: string, picks: readonly StopPick[]): string[] => {
  const found = picks.map((pick) =>
    typeof pick === 'string' ? pick : [...text].slice(pick.start, pick.start + pick.length).join(''),
  )
  return found.filter((stop) => stop !== '')
}
/** A text whose bytes need not be valid characters. */
const anyToken = fc.integer({ min: 3, max: tokenBytes.length - 1 })
const cuts = fc.array(fc.nat(20), { maxLength: 40 })

interface Choice {
  readonly index: number
  readonly text?: string
  readonly message?: { readonly content: string }
  readonly delta?: { readonly content?: string }
  readonly finish_reason: string | null
  readonly stop_reason?: string | number | null
  readonly token_ids: readonly number[]
}
interface Body {
  readonly choices: readonly Choice[]
  readonly usage: object | null
}
interface Answer {
  readonly text: string
  readonly ids: readonly number[]
  /** All values that were received. */
  readonly endings: readonly (readonly unknown[])[]
}

const textOf = ({ text, message, delta }: Choice): string => text ?? message?.content ?? delta?.content ?? ''

/** Answers by index, and usage. */
async function ask(endpoint: string, body: object, count: number): Promise<{ answers: Answer[]; usage: unknown }> {
  const response = await gateway.post(endpoint, { model: 'toy', return_token_ids: true, ...body })
  const isStreamed = response.headers.get('content-type')?.startsWith('text/event-stream')
  const bodies = (isStreamed ? await readEvents(response) : [await response.json()]) as Body[]
  const answers = Array.from({ length: count }, (_, index): Answer => {
    const choices = bodies.flatMap((one) => one.choices.filter((choice) => choice.index === index))
    for (const choice of choices) expect(textOf(choice)).not.toMatch(/\p{Surrogate}/u)
    return {
      text: choices.map(textOf).join(''),
      ids: choices.flatMap((choice) => choice.token_ids ?? []),
      endings: choices.flatMap((one) => (one.finish_reason ? [[one.finish_reason, one.stop_reason]] : [])),
    }
  })
  return { answers, usage: bodies.map(({ usage }) => usage).find(Boolean) }
}

const decode = (ids: readonly number[]): string =>
  new TextDecoder('utf-8', { ignoreBOM: true }).decode(
    Buffer.concat(ids.map((id) => tokenBytes[id] ?? Buffer.alloc(0))),
  )

/**
 * The definition: the text, cut at the stop string that ends first (of several, the longest), and
 * that stop string.
 */
function cutAtStop(text: string, stops: readonly string[], includesStop: boolean): [string, string | null] {
  for (let end = 1; end <= text.length; end++) {
    const [met] = stops.filter((stop) => text.slice(0, end).endsWith(stop)).sort((a, b) => b.length - a.length)
    if (met !== undefined) return [text.slice(0, includesStop ? end : end - met.length), met]
  }
  return [text, null]
}

async function askBothWays(endpoint: string, body: object, count = 1): Promise<Answer[]> {
  const whole = await ask(endpoint, body, count)
  const streamed = await ask(endpoint, { ...body, stream: true, stream_options: { include_usage: true } }, count)
  expect(streamed).toEqual(whole)
  return whole.answers
}

function prefer(ids: (position: number) => readonly number[]): void {
  for (const service of [gateway.dpo, gateway.sft]) service.prefer = (before) => ids(before.length - prompt.length)
}

test.each([
  ['/v1/completions', { prompt }],
  ['/v1/chat/completions', { messages: [{ role: 'user', content: 'a' }] }],
])('%s: a given text, on every path', async (endpoint, fields) => {
  const given = fc.oneof(
    fc.tuple(texts, cuts).map(([text, cut]) => cutIntoTokens(text, cut)),
    fc.array(anyToken, { maxLength: 12 }),
  )
  const ends = fc.record({ includesStop: fc.boolean(), hasEnd: fc.boolean() })
  await fc.assert(
    fc.asyncProperty(given, stopPicks, ends, fc.constantFrom(...decodePaths), async (ids, picks, ends, path) => {
      fc.pre(ids.length > 0 && ids.length < 60)
      prefer((position) => [ids[position] ?? endOfText])
      const stop = pickStops(decode(ids), picks)
      const max_tokens = ids.length + (ends.hasEnd ? 1 : 0)
      const request = { ...fields, stop, include_stop_str_in_output: ends.includesStop, max_tokens, decoding: { path } }
      const [answer] = await askBothWays(endpoint, request)
      const [text, met] = cutAtStop(decode(ids), stop, ends.includesStop)
      expect(answer?.text).toBe(text)
      expect(answer?.endings).toEqual([met === null ? [ends.hasEnd ? 'stop' : 'length', null] : ['stop', met]])
    }),
    { numRuns: 50 },
  )
})

test('several answers, beams and choices', async () => {
  const methods = fc.constantFrom(
    (seed: number) => ({ seed, n: 3, decoding: { strategy: 'sample' } }),
    (seed: number) => ({ seed, decoding: { strategy: 'aad', temperature: 1 } }),
    () => ({ decoding: { strategy: 'beam', width: 3 } }),
    () => ({ decoding: { strategy: 'aad-beam', width: 3, alpha: 0.1 } }),
    (seed: number) => ({ decoding: { strategy: 'random-of-n', n: 3, seed } }),
  )
  const likely = fc.array(anyToken, { minLength: 2, maxLength: 8 })
  await fc.assert(
    fc.asyncProperty(
      likely,
      stopPicks,
      methods,
      fc.nat(),
      fc.boolean(),
      async (ids, picks, method, seed, includesStop) => {
        prefer(() => ids)
        const stop = pickStops(decode(ids), picks)
        const fields = { prompt, stop, include_stop_str_in_output: includesStop, max_tokens: 12, ...method(seed) }
        const answers = await askBothWays('/v1/completions', fields, 'n' in fields ? fields.n : 1)
        for (const answer of answers) {
          const [text, met] = cutAtStop(decode(answer.ids), stop, includesStop)
          expect([answer.text, answer.endings]).toEqual([text, [met === null ? ['length', null] : ['stop', met]]])
        }
      },
    ),
    { numRuns: 40 },
  )
})

test('half of a surrogate pair stops nothing: characters are not split', async () => {
  const ids = cutIntoTokens('a🙂b', [])
  prefer((position) => [ids[position] ?? endOfText])
  const [answer] = await askBothWays('/v1/completions', { prompt, stop: ['\ud83d', '\ude42'], max_tokens: ids.length })
  expect(answer).toMatchObject({ text: 'a🙂b', endings: [['length', null]] })
})
