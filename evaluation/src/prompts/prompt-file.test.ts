import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { collect } from '../testing/collect.js'
import { useFolder } from '../testing/folder.js'
import type { PromptForm } from './prompt.js'
import { openPromptFile } from './prompt-file.js'

const folder = useFolder()
const { signal } = new AbortController()

async function open(name: string, content: string | Uint8Array, form?: PromptForm) {
  const path = join(folder(), name)
  await writeFile(path, content)
  return openPromptFile(path, signal, form)
}
const read = async (name: string, content: string, form?: PromptForm) => {
  const file = await open(name, content, form)
  return { form: file.form, hasTexts: file.hasTexts, prompts: await collect(file.read()) }
}
const lines = (...rows: readonly object[]) => rows.map((row) => `${JSON.stringify(row)}\n`).join('')
const user = (content: string) => [{ role: 'user', content }]
const plain = (index: number, content: string) => ({
  index,
  prompt: user(content),
  customId: null,
  body: {},
  columns: {},
})

describe('forms', () => {
  it("OpenAI's Batch form: chats and completions, with fields of their own", async () => {
    const rows = lines(
      {
        custom_id: 'a',
        method: 'POST',
        url: '/v1/chat/completions',
        body: { model: 'm', messages: user('Hi'), max_tokens: 5 },
      },
      { custom_id: 'b', method: 'POST', url: '/v1/completions', body: { model: 'm', prompt: 'Once' } },
    )
    expect(await read('openai.jsonl', rows)).toEqual({
      form: 'openai',
      hasTexts: true,
      prompts: [
        { index: 0, prompt: user('Hi'), customId: 'a', body: { model: 'm', max_tokens: 5 }, columns: {} },
        { index: 1, prompt: 'Once', customId: 'b', body: { model: 'm' }, columns: {} },
      ],
    })
  })

  it('TRL: conversations, with the columns that the chat template gets', async () => {
    const kwargs = { enable_thinking: false }
    const rows = lines({ prompt: user('Hi'), chat_template_kwargs: kwargs, expected: '4', tools: null })
    const prompt = { index: 0, prompt: user('Hi'), customId: null, body: { chat_template_kwargs: kwargs } }
    const prompts = [{ ...prompt, columns: { expected: '4' } }]
    expect(await read('trl.jsonl', rows)).toEqual({ form: 'trl', hasTexts: false, prompts })
  })

  it('TRL: texts', async () => {
    const prompts = [{ index: 0, prompt: ' Once', customId: null, body: {}, columns: {} }]
    expect(await read('texts.jsonl', lines({ prompt: ' Once' }))).toEqual({ form: 'trl', hasTexts: true, prompts })
  })

  it('alpaca_eval: instructions stay byte for byte', async () => {
    const list = [
      { instruction: ' Say hi. ', dataset: 'helpful' },
      { instruction: 'x', input: '' },
    ]
    const prompts = [{ ...plain(0, ' Say hi. '), columns: { dataset: 'helpful' } }, plain(1, 'x')]
    const expected = { form: 'alpaca', hasTexts: false, prompts }
    expect(await read('alpaca.json', JSON.stringify(list, null, 2))).toEqual(expected)
    expect(await read('alpaca.jsonl', lines(...list))).toEqual(expected)
  })

  it('plain lines: blank ones do not count, other white space stays', async () => {
    const text = '\ufeff Hi \r\n\n  \r\nA\u2028B\n{not JSON}'
    const prompts = [plain(0, ' Hi '), plain(1, 'A\u2028B'), plain(2, '{not JSON}')]
    const expected = { form: 'lines', hasTexts: false, prompts }
    expect(await read('plain.txt', text)).toEqual(expected)
    expect(await read('plain', text)).toEqual(expected)
  })

  it('a file without an end in its name is recognised by its first character, or by --format', async () => {
    expect((await read('unnamed', lines({ prompt: user('x') }))).form).toBe('trl')
    expect((await read('unnamed', '[{"instruction": "x"}]', 'alpaca')).prompts).toEqual([plain(0, 'x')])
    expect((await read('unnamed', '[1] is a list.')).prompts).toEqual([plain(0, '[1] is a list.')])
    expect((await read('forced.jsonl', '{"prompt": "x"}', 'lines')).prompts).toEqual([plain(0, '{"prompt": "x"}')])
  })

  it('JSON texts may contain U+2028 as it is', async () => {
    const { prompts } = await read('separators.jsonl', '{"prompt": [{"role": "user", "content": "a\u2028b"}]}\n')
    expect(prompts).toEqual([plain(0, 'a\u2028b')])
  })
})

const chatRow = (body: object, changes: object = {}) =>
  lines({ custom_id: 'a', method: 'POST', url: '/v1/chat/completions', body, ...changes })

describe('refusals name the file, the place and what to do', () => {
  it.each([
    ['empty.jsonl', '\n \n', 'has no prompts'],
    ['empty.json', '[]', 'has no prompts'],
    ['torn.jsonl', `${lines({ prompt: 'x' })}{"prompt": `, 'line 2 is not JSON: '],
    ['lines.json', lines({ prompt: 'x' }, { prompt: 'y' }), 'is not JSON: '],
    ['string.json', '"x"', 'is not a JSON list. If it has a JSON object in each line, name it .jsonl'],
    ['object.json', '{"prompt": "x"}', 'is not a JSON list. If it has a JSON object in each line, name it .jsonl'],
    [
      'unknown.jsonl',
      lines({ question: 'x' }),
      'line 1: the keys are question: expected custom_id, method, url and body',
    ],
    ['list.jsonl', '["x"]', 'line 1: ["x"] is not a JSON object: expected custom_id'],
    [
      'mixed.jsonl',
      lines({ prompt: 'x' }, { prompt: user('y') }),
      'line 2: prompt is messages, and a text in the rows before',
    ],
    [
      'mixed2.jsonl',
      lines({ prompt: user('y') }, { prompt: 'x' }),
      'line 2: prompt is a text, and messages in the rows before',
    ],
    ['other.jsonl', lines({ prompt: 'x' }, { instruction: 'y' }), 'line 2: prompt is missing: expected a list'],
    ['empty-prompt.jsonl', lines({ prompt: [] }), 'line 1: prompt is empty: expected a message'],
    ['role.jsonl', lines({ prompt: [{ content: 'x' }] }), 'line 1: prompt.0.role is missing: expected a string'],
    [
      'input.json',
      '[{"instruction": "x", "input": "y"}]',
      'element 1: input is not empty: alpaca_eval has no such field',
    ],
    ['get.jsonl', chatRow({ messages: user('x') }, { method: 'GET' }), 'line 1: method is "GET": expected "POST"'],
    [
      'url.jsonl',
      chatRow({}, { url: '/v1/embeddings' }),
      'line 1: url is "/v1/embeddings": expected one of "/v1/chat/completions"',
    ],
    ['body.jsonl', chatRow({ prompt: 'x' }), 'line 1: body.messages is missing: expected a list'],
    ['seed.jsonl', chatRow({ messages: user('x'), seed: 0.5 }), 'line 1: body.seed is 0.5: expected an integer'],
    [
      'long-seed.jsonl',
      chatRow({ messages: user('x'), seed: 2 ** 60 }),
      'line 1: body.seed is 1152921504606847000: expected an integer from -9007199254740991',
    ],
    ['twice.jsonl', chatRow({ messages: user('x') }).repeat(2), 'line 2: custom_id "a" is used twice'],
  ])('%s', async (name, content, message) => {
    await expect(open(name, content)).rejects.toThrow(`${join(folder(), name)} ${message}`)
  })

  it('a file that does not exist, and a folder', async () => {
    const missing = openPromptFile(join(folder(), 'missing'), signal)
    await expect(missing).rejects.toThrow('missing cannot be read (ENOENT): expected a file of prompts')
    await expect(openPromptFile(folder(), signal)).rejects.toThrow(
      'cannot be read (EISDIR): expected a file of prompts',
    )
  })

  it('a line that is not UTF-8', async () => {
    const writing = open('latin.txt', Buffer.from([0x68, 0x69, 0x0a, 0xe9, 0x0a]))
    await expect(writing).rejects.toThrow(`${join(folder(), 'latin.txt')} line 2 is not UTF-8: save the file as UTF-8`)
  })
})
