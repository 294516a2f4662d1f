import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { fixturesFolder } from '../support/fixtures.js'
import { heldSessions } from '../support/held-sessions.js'
import { installPython } from '../support/installed.js'
import { complete, type Endpoint } from '../support/rest.js'
import { runProgram } from '../support/run-program.js'
import type { Stack } from '../support/stack.js'
import { startTinyStack } from '../support/tiny-stack.js'

/**
 * Tests the packages `openai` and `langchain-openai` of PyPI, with the versions in
 * test/fixtures/clients. The script clients.py there uses only the address of the server, a key and
 * a model, and prints the results.
 */
const installed = await installPython('clients', [3, 11])
if ('missing' in installed) console.warn(`the clients of PyPI are not run: ${installed.missing}`)
const python = 'folder' in installed ? join(installed.folder, 'venv/bin/python') : ''
const script = join(fixturesFolder, 'clients/clients.py')
const key = 'secret'

let stack: Stack
beforeAll(async () => {
  if (python === '') return
  // A stream without a token begins with a comment. A client that waits for its beginning waits so
  // long.
  stack = await startTinyStack({ env: { TANDEM_API_KEYS: key, TANDEM_PING_MS: '500' } })
})
afterAll(() => stack?.stop())

const argsOf = () => [script, `${stack.url}/v1`, key, 'tiny']
const answer = (endpoint: Endpoint, body: object) =>
  complete(stack.url, endpoint, { model: 'tiny', max_tokens: 16, ...body }, key)
const chat = (content: string) => answer('/v1/chat/completions', { messages: [{ role: 'user', content }] })
const prompt = 'alignment aware decoding'

// This test is first, because it reads the ids of its own sessions.
test.skipIf(python === '')(
  'a stream that the openai client closes frees its sessions while a service is stopped',
  async () => {
    const child = spawn(python, [...argsOf(), 'hold'], { stdio: ['pipe', 'pipe', 'inherit'] })
    try {
      const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
      expect((await lines.next()).value).toBe('{"case": "ready"}')
      stack.sft.kill('SIGSTOP')
      child.stdin.write('\n')
      expect((await lines.next()).value).toBe('{"case": "open"}')
      const held = () => heldSessions(stack.addresses.dpo)
      await expect.poll(held, { interval: 20 }).toBe(1)
      child.stdin.write('\n')
      expect((await lines.next()).value).toBe('{"case": "closed"}')
      await expect.poll(held, { interval: 20 }).toBe(0)
    } finally {
      stack.sft.kill('SIGCONT')
      await end(child)
    }
  },
)

async function end(child: ChildProcess): Promise<void> {
  const closed = once(child, 'close')
  child.stdin?.end('\n')
  await closed
}

describe.skipIf(python === '')('the clients of PyPI', () => {
  /** The output of the script by its cases. */
  let found: ReadonlyMap<string, Readonly<Record<string, unknown>>>
  beforeAll(async () => {
    const { code, stdout, stderr } = await runProgram(python, argsOf(), { limitMs: 540_000 })
    if (code !== 0) throw new Error(`clients.py ended with ${code}: ${stderr}`)
    const lines = stdout.trim().split('\n')
    found = new Map(lines.map((line) => JSON.parse(line) as { case: string }).map((entry) => [entry.case, entry]))
  })

  test('openai: lists models, chats, streams and completes', async () => {
    const { text, promptIds, tokenIds } = await chat(prompt)
    const usage = (promptIds?.length ?? 0) + tokenIds.length
    expect(found.get('openai models')?.ids).toEqual(expect.arrayContaining(['tiny', 'tiny/greedy-dpo']))
    expect(found.get('openai chat')).toMatchObject({ text, usage, has_id: true })
    expect(found.get('openai stream')).toMatchObject({ text, usage })
    const completion = await answer('/v1/completions', { prompt })
    expect(found.get('openai completions')).toMatchObject({ text: completion.text })
  })

  test('openai: its streaming helper, several answers with a seed, logprobs', async () => {
    const { text, tokenIds } = await chat(prompt)
    const stop = text.slice(4, 7)
    const stopped = { text: text.slice(0, text.indexOf(stop)), stop, last: 'content.done' }
    expect(found.get('openai stream helper')).toMatchObject(stopped)
    const { texts, again } = found.get('openai n') ?? {}
    expect(new Set(texts as string[]).size).toBe(3)
    expect(again).toEqual(texts)
    const tops = Array(tokenIds.length).fill(2)
    expect(found.get('openai logprobs')).toMatchObject({ count: tokenIds.length, tops })
  })

  test('langchain: invokes, streams, answers a batch, stops, completes', async () => {
    const { text, promptIds, tokenIds } = await chat(prompt)
    const usage = (promptIds?.length ?? 0) + tokenIds.length
    expect(found.get('langchain invoke')).toMatchObject({ text, usage })
    expect(found.get('langchain stream')).toMatchObject({ text, usage })
    const batch = await Promise.all(['aware', prompt, 'decoding'].map(chat))
    expect(found.get('langchain batch')?.texts).toEqual(batch.map((one) => one.text))
    const stop = text.slice(4, 7)
    expect(found.get('langchain stop')).toMatchObject({ text: text.slice(0, text.indexOf(stop)), stop })
    const completion = await answer('/v1/completions', { prompt })
    expect(found.get('langchain completions')).toMatchObject({ text: completion.text, streamed: completion.text })
  })

  test('details of each token are an additional field', async () => {
    const { text, tokenIds } = await chat(prompt)
    expect(found.get('openai detail')).toMatchObject({ text, streamed: text, entries: tokenIds.length })
    expect(found.get('langchain detail')).toMatchObject({ text, streamed: text })
  })

  test.each([
    ['openai no model', 'NotFoundError', 404, 'model_not_found'],
    ['openai bad field', 'BadRequestError', 400, null],
    ['openai bad field, streamed', 'BadRequestError', 400, null],
    ['openai context', 'BadRequestError', 400, 'context_length_exceeded'],
    ['openai wrong key', 'AuthenticationError', 401, 'invalid_api_key'],
    ['langchain no model', 'OpenAIModelNotFoundError', 404, 'model_not_found'],
    ['langchain context', 'OpenAIContextOverflowError', 400, 'context_length_exceeded'],
    ['langchain unknown key', 'OpenAIInvalidRequestError', 400, null],
  ])('errors are of their own classes: %s', (name, type, status_code, code) => {
    expect(found.get(name)).toMatchObject({ type, status_code, code })
  })
})
