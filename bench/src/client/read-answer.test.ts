import { describe, expect, it } from 'vitest'
import { readAnswer } from './read-answer.js'

const event = (data: object) => `data: ${JSON.stringify(data)}\n\n`
const token = (...ids: number[]) => event({ choices: [{ text: 'ü', token_ids: ids }], usage: null })
const usage = (count: number) => event({ choices: [], usage: { completion_tokens: count } })
const chunks = (...texts: string[]) => texts.map((text, i) => ({ atMs: 10 * i, bytes: Buffer.from(text) }))
const opening = event({ choices: [{ text: '' }], usage: null })

describe('readAnswer', () => {
  it('reports the time of each token', () => {
    const answer = readAnswer(chunks(opening, token(7), token(8), `${token(9, 10)}${usage(4)}`, 'data: [DONE]\n\n'))
    expect(answer.tokenIds).toEqual([7, 8, 9, 10])
    expect(answer.arrivals).toEqual([
      { atMs: 10, tokens: 1 },
      { atMs: 20, tokens: 1 },
      { atMs: 30, tokens: 2 },
    ])
  })

  it('joins events that arrive in parts, also if a character is split', () => {
    const bytes = Buffer.from(token(7) + usage(1))
    const answer = readAnswer([...bytes].map((byte, i) => ({ atMs: i, bytes: Uint8Array.of(byte) })))
    expect(answer.tokenIds).toEqual([7])
  })

  it('refuses an answer that was cut off, and one with an error', () => {
    expect(() => readAnswer(chunks(token(7), usage(2)))).toThrow(
      'the answer has 1 tokens: expected 2, as its usage says',
    )
    expect(() => readAnswer(chunks(token(7)))).toThrow('the answer was cut off: the stream ended without its usage')
    expect(() => readAnswer(chunks(token(7), event({ error: { message: 'gone' } })))).toThrow(
      'the gateway ended the answer: gone',
    )
  })
})
