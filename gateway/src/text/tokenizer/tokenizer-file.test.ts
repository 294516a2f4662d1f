import { describe, expect, it } from 'vitest'
import { createText, type TextFiles } from '../index.js'
import { readFixture } from '../testing/fixtures.js'

const tokenizerJson = readFixture('tokenizers/llama3', 'tokenizer.json') as Record<string, unknown>
const named = { bos_token: '<|begin_of_text|>', eos_token: '<|eot_id|>' }
/** 405 tokens: a model of 407 has two free rows. */
const create = (tokenizerConfig: object, changes: Partial<TextFiles> = {}) =>
  createText({
    tokenizerJson,
    tokenizerConfig: { ...named, ...tokenizerConfig },
    chatTemplate: '{{ image_token }}{{ audio_token }}{{ other_token }}|{{ bos_token }}',
    eosTokenIds: [],
    bosTokenId: null,
    modelVocabularySize: 407,
    ...changes,
  })
const rendered = (text: ReturnType<typeof create>) =>
  text.renderConversation([{ role: 'user', content: '' }], { addGenerationPrompt: true })

const plain = { single_word: false, lstrip: false, rstrip: false, normalized: false, special: true }

describe('special tokens of tokenizer_config.json', () => {
  it('get the next ids if tokenizer.json does not have them', () => {
    const text = create({ pad_token: '<pad>', additional_special_tokens: ['<more>'] })
    expect(text.encodePlain('<more><pad>')).toEqual([406, 405])
    expect(text.decode([405, 406], { skipSpecialTokens: true })).toBe('')
  })

  it('are refused if the model has no row for them', () => {
    expect(() => create({ pad_token: '<pad>', extra_special_tokens: ['<a>', '<b>'] })).toThrow(
      'extra_special_tokens of tokenizer_config.json names the token "<b>", which tokenizer.json does not have, and the model has no free row ' +
        'for it (it has 407 rows). Remove it there, or save a tokenizer and a model that both have it.',
    )
  })

  it('are variables of the template under the names of the model', () => {
    const text = create({ extra_special_tokens: { image_token: '<image>' }, audio_token: '<audio>', other_token: true })
    expect(rendered(text)).toBe('<image><audio>|<|begin_of_text|>')
    expect(text.encodePlain('<image><audio>')).toEqual([406, 405])
  })
})

describe('added_tokens_decoder', () => {
  it('has flags that take precedence over tokenizer.json', () => {
    const flags = { ...plain, content: '<|end_of_text|>', lstrip: true, special: false }
    const text = create({ added_tokens_decoder: { 401: flags } })
    expect(text.encodePlain('a \n<|end_of_text|>')).toEqual([...create({}).encodePlain('a'), 401])
    expect([...text.specialTokenIds]).toContain(401)
  })

  it('must not contradict the ids of tokenizer.json', () => {
    expect(() => create({ added_tokens_decoder: { 450: { ...plain, content: '<new>' } } })).toThrow(
      'tokenizer_config.json gives the token "<new>" the id 450, but by tokenizer.json its id is 405. ' +
        "Save both files together, with transformers' save_pretrained.",
    )
  })
})

it('uses the id of the vocabulary for an added token in it', () => {
  const added = { added_tokens: [{ ...plain, id: 406, content: '!' }] }
  expect(create({}, { tokenizerJson: { ...tokenizerJson, ...added }, tokenizerConfig: {} }).encodePlain('!')).toEqual([
    0,
  ])
})

describe('unsupported parts', () => {
  const refusalOf = (part: object) => () => create({}, { tokenizerJson: { ...tokenizerJson, ...part } })
  const split = (Regex: string) => ({ pre_tokenizer: { type: 'Split', pattern: { Regex }, behavior: 'Isolated' } })

  it('are refused by name', () => {
    expect(refusalOf(split('a(?im)b'))).toThrow('the tokenizer splits by the pattern "a(?im)b", which is not supported')
    expect(refusalOf({ normalizer: { type: 'Precompiled', precompiled_charsmap: 'AAA=' } })).toThrow(
      "the tokenizer's Precompiled normalizer has an invalid precompiled_charsmap",
    )
  })
})

it('refuses a file with wrong values and says what was found and expected', () => {
  const advice = 'Save the files again next to the weights, with AutoTokenizer.from_pretrained(...)'
  expect(() => create({}, { tokenizerJson: { ...tokenizerJson, added_tokens: [{ id: -1, content: 'a' }] } })).toThrow(
    `tokenizer.json is not a valid tokenizer file: added_tokens.0.id is -1: expected an integer of at least 0. ${advice}`,
  )
  expect(() => create({ pad_token: 3 })).toThrow(
    'tokenizer_config.json is not a valid tokenizer file: pad_token is 3: expected a string or an object. ',
  )
})
