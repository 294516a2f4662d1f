import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { byteAlphabet, cutIntoTokens, endOfText, startByteGateway, tokenBytes } from '../testing/byte-tokens.js'
import { readEvents, type ToyGateway } from '../testing/toy-gateway.js'

/** `text_offset` indexes the text in code points, for any text and any split into tokens. */

let gateway: ToyGateway
beforeAll(async () => {
  gateway = await startByteGateway()
})
afterAll(() => gateway.stop())

const choiceSchema = z.object({
  text: z.string(),
  logprobs: z.object({ tokens: z.array(z.string()), text_offset: z.array(z.int()) }),
})
const bodySchema = z.object({ choices: z.array(choiceSchema).length(1) })

/** The text and the offsets of an answer, which are the same if it is streamed. */
async function ask(fields: object): Promise<{ readonly text: string; readonly offsets: readonly number[] }> {
  const post = (more: object) => gateway.post('/v1/completions', { model: 'toy', logprobs: 0, ...fields, ...more })
  const join = (bodies: readonly unknown[]) => {
    const choices = bodies.flatMap((body) => bodySchema.parse(body).choices)
    return {
      text: choices.map(({ text }) => text).join(''),
      offsets: choices.flatMap(({ logprobs }) => logprobs.text_offset),
    }
  }
  const whole = join([await (await post({})).json()])
  expect(join(await readEvents(await post({ stream: true })))).toEqual(whole)
  return whole
}

function prefer(prompt: readonly number[], answer: readonly number[]): void {
  for (const service of [gateway.dpo, gateway.sft])
    service.prefer = (before) => [answer[before.length - prompt.length] ?? endOfText]
}

/** The index of the character that has each token's first byte. */
function expectedOffsets(text: string, ids: readonly number[]): number[] {
  const characterOf = [...text].flatMap((character, i) => Array.from(Buffer.from(character), () => i))
  let position = 0
  return ids.map((id) => {
    const offset = characterOf[position] ?? [...text].length
    position += tokenBytes[id]?.length ?? 0
    return offset
  })
}

const texts = fc.string({ unit: fc.constantFrom(...byteAlphabet), minLength: 1, maxLength: 10 })
const cuts = fc.array(fc.nat(20), { maxLength: 40 })

test('of a prompt and its answer, whole and streamed', async () => {
  await fc.assert(
    fc.asyncProperty(texts, cuts, texts, cuts, fc.boolean(), async (first, firstCuts, second, secondCuts, echo) => {
      const [prompt, answer] = [cutIntoTokens(first, firstCuts), cutIntoTokens(second, secondCuts)]
      fc.pre(prompt.length + answer.length < 60)
      prefer(prompt, answer)
      const { text, offsets } = await ask({ prompt, echo, max_tokens: answer.length + 1 })
      expect(text).toBe(echo ? first + second : second)
      expect(offsets).toEqual(expectedOffsets(text, [...(echo ? prompt : []), ...answer, endOfText]))
    }),
    { numRuns: 40 },
  )
})

test('are inside of the text if a stop string cuts it', async () => {
  const prompt = cutIntoTokens('a', [])
  const answer = cutIntoTokens('ab🙂数é', [])
  prefer(prompt, answer)
  for (const stop of ['b', '🙂', '🙂数', '数é']) {
    const { text, offsets } = await ask({ prompt, stop, max_tokens: answer.length, ignore_eos: true })
    expect(text).toBe('ab🙂数é'.slice(0, 'ab🙂数é'.indexOf(stop)))
    expect(Math.max(...offsets)).toBeLessThanOrEqual([...text].length)
  }
})

test('do not change with names of tokens, and special tokens that are left out take no room', async () => {
  const answer = cutIntoTokens('a🙂b', [])
  const prompt = [1, ...cutIntoTokens('é', []), 1]
  prefer(prompt, answer)
  const request = { prompt, echo: true, max_tokens: answer.length }
  const { text, offsets } = await ask(request)
  expect(text).toBe('éa🙂b')
  expect([offsets[0], offsets[1], offsets.at(-1)]).toEqual([0, 0, 3])
  expect(offsets[prompt.length]).toBe(1)
  expect((await ask({ ...request, return_tokens_as_token_ids: true })).offsets).toEqual(offsets)
  const shown = await ask({ ...request, skip_special_tokens: false })
  expect(shown.text).toBe('<s>é<s>a🙂b')
  expect([shown.offsets[0], shown.offsets[1], shown.offsets.at(-1)]).toEqual([0, 3, 9])
})

test('of a prompt sent as text, which special tokens take their room in', async () => {
  const sent = ['a', '</s>', 'é', '<s>', 'b'].join('')
  prefer([3 + 97, 2, 3, 3, 1, 3 + 98], [])
  const { text, offsets } = await ask({ prompt: sent, echo: true, max_tokens: 0 })
  expect([text, offsets]).toEqual([sent, [0, 1, 5, 5, 6, 9]])
})
