import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { useFileCommand } from '../testing/file-command.js'
import { type BatchCommandOptions, batch } from './batch.js'

const command = useFileCommand(['Hi', 'Ho', 'Hm'])

const run = (out: string, changes: Partial<BatchCommandOptions> = {}, path = command.prompts) =>
  batch(path, { ...command.base(out), samples: 1, ...changes }, command.context)

it('writes the answers, and says what it did', async () => {
  await run('a.jsonl', { strategy: 'aad alpha=0.2', maxTokens: 9, tokenIds: true, body: { stop: ['x'] }, pair: 'mine' })
  expect(command.gateway.received.at(-1)?.body).toMatchObject({
    model: 'mine',
    max_tokens: 9,
    return_token_ids: true,
    stop: ['x'],
    decoding: { strategy: 'aad', alpha: 0.2 },
  })
  expect((await readFile(join(command.folder, 'a.jsonl'), 'utf8')).split('\n')).toHaveLength(4)
  const out = join(command.folder, 'a.jsonl')
  expect(command.words).toMatch(
    /^.*prompts\.txt: 3 prompts \(one in each line\)\na\.jsonl: 3\/3 rows, [\d.]+ tokens\/s\n/,
  )
  expect(command.words).toMatch(new RegExp(`${out}: 3 rows, 3 of this run with \\d+ tokens\\.\\n$`))
  await run('a.jsonl', { strategy: 'aad alpha=0.2', maxTokens: 9, tokenIds: true, body: { stop: ['x'] }, pair: 'mine' })
  expect(command.words).toContain(`${out}: 3 rows, 0 of this run with 0 tokens.\n`)
})

it('a shard has a file of its own, and a seed for each row that is that of the whole run', async () => {
  await run('whole.jsonl')
  for (const number of [1, 2]) await run('part.jsonl', { shard: { number, count: 2 } })
  const read = (name: string) => readFile(join(command.folder, name), 'utf8')
  const parts = [await read('part-00001-of-00002.jsonl'), await read('part-00002-of-00002.jsonl')]
  expect(parts.join('')).toBe(await read('whole.jsonl'))
})

it('counts prompts that were refused', async () => {
  const path = join(command.folder, 'refused.txt')
  await writeFile(path, 'refuse this\nHi\n')
  await run('refused.jsonl', {}, path)
  expect(command.words).toContain('Rows with an error instead of an answer: 1.')
})

it.each([
  [{ strategy: 'nope' }, 'strategy: unknown strategy "nope"'],
  [{ strategy: 'aad greedy-sft' }, '--strategy "aad greedy-sft" names two strategies: run a batch for each'],
  [{ body: { n: 2 } }, 'n cannot be set for a batch: use --samples'],
  [{ body: { decoding: { strategy: 'aad', beta: 1 } } }, 'beta: unknown parameter of the strategy aad'],
])('refuses %j before anything starts', async (changes, message) => {
  await expect(run('refused-options.jsonl', changes)).rejects.toThrow(message)
})
