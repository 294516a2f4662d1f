import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { draftTiming, tokenTiming } from '../testing/timings.js'
import { readAnswer } from './read-answer.js'

const timings = [tokenTiming({ dpo_tokens: 9 }), draftTiming]
const chat = {
  model: 'pair',
  choices: [{ index: 0, message: { content: 'Hello' }, decoding_timings: timings }],
  usage: { prompt_tokens: 9 },
  decoding: { strategy: 'aad', timings: true },
}
const expected = { model: 'pair', strategy: 'aad', promptTokens: 9, isComplete: true }

const event = (chunk: object) => `data: ${JSON.stringify(chunk)}\n\n`
const chunk = (text: string, own: object[], more: object = {}) =>
  event({ model: 'pair', choices: [{ index: 0, delta: { content: text }, decoding_timings: own }], ...more })
const stream = `: ping\n\n${chunk('Hel', [timings[0] ?? {}], { decoding: { strategy: 'aad' } })}${chunk('lo', [draftTiming])}`
const end = `${event({ model: 'pair', choices: [], usage: { prompt_tokens: 9 } })}data: [DONE]\n\n`

describe('readAnswer', () => {
  it('reads the body of a chat completion', () => {
    expect(readAnswer(JSON.stringify(chat), 'a.json')).toEqual({
      ...expected,
      choices: [{ index: 0, text: 'Hello', timings }],
    })
  })

  it('reads the body of a text completion with two answers', () => {
    const choices = [
      { index: 1, text: 'b', decoding_timings: [] },
      { index: 0, text: 'a', decoding_timings: timings },
    ]
    expect(readAnswer(JSON.stringify({ choices }), 'a')).toEqual({
      ...{ model: null, strategy: null, promptTokens: null, isComplete: true },
      choices: [
        { index: 0, text: 'a', timings },
        { index: 1, text: 'b', timings: [] },
      ],
    })
  })

  it('joins the chunks of a stream', () => {
    const whole = { ...expected, choices: [{ index: 0, text: 'Hello', timings }] }
    expect(readAnswer(stream + end, 'a')).toEqual(whole)
    expect(readAnswer((stream + end).replaceAll('\n', '\r\n'), 'a')).toEqual(whole)
  })

  it('reads an incomplete stream that ends early', () => {
    const cut = { ...expected, promptTokens: null, isComplete: false, choices: [{ index: 0, text: 'Hello', timings }] }
    expect(readAnswer(stream, 'a')).toEqual(cut)
    expect(readAnswer(`${stream}${chunk('more', timings).slice(0, 40)}`, 'a')).toEqual(cut)
  })

  const wrong = (decoding_timings: unknown) => JSON.stringify({ choices: [{ text: 'secret', decoding_timings }] })
  it.each([
    ['plain text', 'secret', 'a is not JSON: expected the body of a chat or text completion, or its event stream'],
    ['nothing', '', 'a is not JSON'],
    ['cut JSON', '{"choices": [{"text": "secret', 'a is not JSON'],
    ['other JSON', '{"data": ["secret"]}', 'a is not an answer of a chat or text completion: choices: expected a list'],
    ['a list', '["secret"]', 'a is not an answer of a chat or text completion: expected an object'],
    ['a wrong choice', '{"choices": ["secret"]}', 'choices.0: expected an object'],
    [
      'a wrong time',
      wrong([{ ...timings[0], step_us: 'secret' }]),
      'choices.0.decoding_timings.0.step_us: expected an',
    ],
    ['an error', '{"error": {"message": "busy"}}', 'a is an error of the server: busy'],
    ['an error with controls', '{"error": {"message": "\\u001b[2Jbusy"}}', 'a is an error of the server: ?[2Jbusy'],
    [
      'no timings',
      wrong(undefined),
      'a has no timings of tokens: ask for them in the request with "decoding": {"timings": true}',
    ],
    ['null as timings', wrong(null), 'a has no timings of tokens'],
    ['no choices', '{"choices": []}', 'a has no timings of tokens'],
    ['a broken event', `${stream}data: {secret\n\n${end}`, 'a:7: the data of this event is not JSON'],
    [
      'an error in a stream',
      `${stream}${event({ error: { message: 'gone' } })}`,
      'a:7 is an error of the server: gone',
    ],
  ])('refuses %s', (_, text, message) => {
    const read = () => readAnswer(text, 'a')
    expect(read).toThrow(message)
    expect(read).not.toThrow('secret')
  })

  it('returns an answer or throws an error with a reason, whatever the text is', () => {
    const text = fc.oneof(
      fc.string(),
      fc.json(),
      fc.json().map((json) => `data: ${json}\n\n`),
      fc.jsonValue().map((choices) => JSON.stringify({ choices })),
      fc.jsonValue().map((own) => wrong(own)),
      fc.nat(stream.length).map((length) => stream.slice(0, length)),
    )
    fc.assert(
      fc.property(text, (random) => {
        try {
          expect(readAnswer(random, 'NAME').choices.length).toBeGreaterThan(0)
        } catch (error) {
          expect(String(error)).toMatch(/^Error: NAME/)
        }
      }),
    )
  })
})
