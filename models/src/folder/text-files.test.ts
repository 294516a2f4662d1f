import { describe, expect, it } from 'vitest'
import { folderTextFiles } from './text-files.js'

const bytes = (value: unknown) => new TextEncoder().encode(JSON.stringify(value))
const read = (files: Record<string, unknown>, name: string): unknown => {
  const textFiles = new Map(Object.entries(files).map(([file, value]) => [file, bytes(value)]))
  const made = folderTextFiles({ textFiles, config: {}, generationConfig: null }).get(name)
  return made === undefined ? undefined : JSON.parse(new TextDecoder().decode(made))
}
const tokenizer = { 'tokenizer.json': {} }
const map = { bos_token: '<s>', eos_token: { content: '</s>', lstrip: true } }

describe('special_tokens_map.json', () => {
  it('names the special tokens if tokenizer_config.json has no added_tokens_decoder', () => {
    const config = { eos_token: '<end>', model_max_length: 5, extra_special_tokens: ['<a>'] }
    const files = {
      ...tokenizer,
      'tokenizer_config.json': config,
      'special_tokens_map.json': { ...map, extra_special_tokens: ['<b>'] },
    }
    expect(read(files, 'tokenizer_config.json')).toEqual({
      ...map,
      model_max_length: 5,
      extra_special_tokens: ['<a>', '<b>'],
    })
    expect(read({ ...tokenizer, 'special_tokens_map.json': map }, 'tokenizer_config.json')).toEqual(map)
  })

  it('is ignored if tokenizer_config.json has added_tokens_decoder', () => {
    const config = { eos_token: '<end>', added_tokens_decoder: {} }
    const files = { ...tokenizer, 'tokenizer_config.json': config, 'special_tokens_map.json': map }
    expect(read(files, 'tokenizer_config.json')).toEqual(config)
    expect(read(tokenizer, 'tokenizer_config.json')).toBe(undefined)
  })
})

it.each([
  [1, 'chat_template is 1: expected a string or a list'],
  [[{ name: 'default' }], 'chat_template.0.template is missing: expected a string'],
])('refuses the chat template %j in tokenizer_config.json', (template, fault) => {
  const files = { ...tokenizer, 'tokenizer_config.json': { chat_template: template } }
  expect(() => read(files, 'chat_template.jinja')).toThrow(
    `tokenizer_config.json cannot be used: ${fault}. Save it again with transformers: AutoTokenizer`,
  )
})
