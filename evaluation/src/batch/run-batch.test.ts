import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ownRevision } from '../revision.js'
import { batchOptions } from '../testing/batch-options.js'
import {
  errorReply,
  type FakeGateway,
  type FakeOptions,
  type Received,
  startFakeGateway,
} from '../testing/fake-gateway.js'
import { useFolder } from '../testing/folder.js'
import { type BatchOptions, runBatch } from './run-batch.js'

const folder = useFolder()
let gateway: FakeGateway
beforeAll(async () => {
  gateway = await startFakeGateway()
})
afterAll(() => gateway.stop())

const user = (content: string) => [{ role: 'user', content }]
let number = 0

/** Runs a batch over some rows, and returns what is in the file. */
async function batch(
  rows: readonly object[] | readonly string[],
  changes: Partial<BatchOptions> = {},
  { url } = gateway,
) {
  const isText = typeof rows[0] === 'string'
  const path = join(folder(), `prompts-${++number}.${isText ? 'txt' : 'jsonl'}`)
  await writeFile(path, rows.map((row) => `${isText ? row : JSON.stringify(row)}\n`).join(''))
  const out = join(folder(), `answers-${number}.jsonl`)
  const counts = await runBatch(await batchOptions(path, out, url, changes))
  const text = await readFile(out, 'utf8')
  const lines = text.split('\n').slice(0, -1)
  return { path, out, counts, text, rows: lines.map((line) => JSON.parse(line) as Record<string, unknown>) }
}

/** Runs work with a gateway of its own. */
async function withFake<T>(options: FakeOptions, work: (fake: FakeGateway) => Promise<T>): Promise<T> {
  const fake = await startFakeGateway(options)
  try {
    return await work(fake)
  } finally {
    await fake.stop()
  }
}

describe('rows', () => {
  it('have the prompt and the answer as messages, in the order of the prompts', async () => {
    const { rows, counts } = await batch(['Hi', 'Ho'], { body: { return_token_ids: true } })
    expect(rows).toHaveLength(2)
    expect(rows[1]).toEqual({
      index: 1,
      sample: 0,
      prompt: user('Ho'),
      completion: [{ role: 'assistant', content: expect.stringMatching(/ é\u2028数\n$/) }],
      finish_reason: 'stop',
      usage: { prompt_tokens: 3, completion_tokens: expect.any(Number), total_tokens: 9 },
      token_ids: [expect.any(Number), expect.any(Number), expect.any(Number)],
      seed: expect.any(Number),
      error: null,
    })
    expect(counts).toMatchObject({ rows: 2, written: 2, errors: 0, promptTokens: 6 })
  })

  it('are texts for prompts that are texts, and keep the other columns', async () => {
    const { rows } = await batch([{ prompt: 'Once', expected: 4 }], { body: { max_tokens: 5 } })
    expect(rows[0]).toMatchObject({ prompt: 'Once', completion: expect.any(String), meta: { expected: 4 } })
    expect(gateway.received.at(-1)).toMatchObject({ path: '/v1/completions', body: { prompt: 'Once', max_tokens: 5 } })
  })

  it('have one sample each, with seeds of their own', async () => {
    const { rows } = await batch(['Hi', 'Ho'], { samples: 3 })
    expect(rows.map(({ index, sample }) => [index, sample])).toEqual(
      [0, 1].flatMap((i) => [0, 1, 2].map((s) => [i, s])),
    )
    expect(new Set(rows.map(({ seed }) => seed)).size).toBe(6)
  })

  it("are in OpenAI's form for prompts in OpenAI's form, without what differs between runs", async () => {
    const row = (id: string, body: object) => ({ custom_id: id, method: 'POST', url: '/v1/chat/completions', body })
    const { rows } = await batch([
      row('one', { model: 'mine', messages: user('Hi'), seed: 5, stream: true }),
      row('two', { messages: user('refuse this') }),
    ])
    expect(gateway.received.find(({ body }) => body.model === 'mine')?.body).toEqual({
      model: 'mine',
      messages: user('Hi'),
      seed: 5,
    })
    const id = expect.stringMatching(/^batch-[0-9a-f]{16}-0-0$/)
    expect(rows[0]).toMatchObject({
      id,
      custom_id: 'one',
      response: {
        status_code: 200,
        request_id: id,
        body: { id, created: 0, usage: { prompt_tokens: 3, total_tokens: 9 } },
      },
      error: null,
    })
    expect(rows[0]).not.toHaveProperty('response.body.usage.cached_tokens')
    expect(rows[1]).toMatchObject({
      custom_id: 'two',
      response: { status_code: 400, body: { error: { message: 'the prompt is too long' } } },
      error: null,
    })
  })

  it('settings win over fields of the row, and decoding is merged', async () => {
    const decoding = { strategy: 'aad', alpha: 0.1 }
    const body = { messages: user('Hi'), max_tokens: 5, temperature: 1, decoding }
    const row = { custom_id: 'one', method: 'POST', url: '/v1/chat/completions', body }
    await batch([row], { body: { model: 'x', max_tokens: 9, decoding: { alpha: 0.7 } } })
    expect(gateway.received.at(-1)?.body).toMatchObject({
      ...{ model: 'x', max_tokens: 9, temperature: 1 },
      decoding: { strategy: 'aad', alpha: 0.7 },
    })
  })

  it('a prompt that is refused is a row with an error', async () => {
    const { rows, counts } = await batch(['Hi', 'refuse this', 'Ho'])
    expect(counts).toMatchObject({ rows: 3, errors: 1 })
    expect(rows[1]).toMatchObject({
      completion: null,
      error: { status: 400, message: 'the prompt is too long', param: 'messages', code: 'context_length_exceeded' },
    })
    expect(rows[2]).toMatchObject({ error: null })
  })
})

describe('requests', () => {
  it('run at once, as many as the gateway works on, and are named', () => {
    let release = () => {}
    const four = new Promise<undefined>((resolve) => {
      release = () => resolve(undefined)
    })
    // No answer comes before four requests are open.
    const intercept = ({ number }: Received) => {
      if (number === 3) release()
      return four
    }
    return withFake({ intercept }, async (fake) => {
      const texts = Array.from({ length: 12 }, (_, i) => `prompt ${i}`)
      await batch(texts, { concurrency: null }, fake)
      expect(fake.mostOpen()).toBe(4)
      expect(new Set(fake.received.map(({ requestId }) => requestId)).size).toBe(12)
    })
  })

  it.each([429, 503, 500, 408])('are tried again after %d', (status) =>
    withFake(
      { intercept: ({ number }) => (number < 2 ? errorReply(status, {}, { 'retry-after': '0' }) : undefined) },
      async (fake) => {
        const { rows } = await batch(['Hi', 'Ho'], { concurrency: 1 }, fake)
        expect(rows.map(({ error }) => error)).toEqual([null, null])
        expect(fake.received).toHaveLength(4)
      },
    ),
  )

  it('are tried again after a lost connection', () =>
    withFake({ intercept: ({ number }) => (number === 0 ? 'drop' : undefined) }, async (fake) => {
      const { rows } = await batch(['Hi'], {}, fake)
      expect(rows).toMatchObject([{ error: null }])
    }))

  it('writes an error row for a request that fails three times', () =>
    withFake({ intercept: () => errorReply(500, { message: 'broken' }, { 'retry-after': '0' }) }, async (fake) => {
      const { rows } = await batch(['Hi'], {}, fake)
      expect(rows).toMatchObject([{ error: { status: 500, message: 'broken' } }])
      expect(fake.received).toHaveLength(3)
    }))

  it.each([
    [503, 'answered 503 (no), and did not recover within 0 s'],
    [401, 'answered 401: no'],
    [404, 'answered 404: no'],
  ])('end the run with %d', (status, message) =>
    withFake({ intercept: ({ number }) => (number === 2 ? errorReply(status, {}) : undefined) }, async (fake) => {
      const running = batch(['a', 'b', 'c', 'd'], { concurrency: 1, retryForMs: 0 }, fake)
      await expect(running).rejects.toThrow(`${fake.url} ${message}`)
      const out = join(folder(), `answers-${number}.jsonl`)
      expect((await readFile(out, 'utf8')).split('\n')).toHaveLength(3)
      const again = await batchOptions(join(folder(), `prompts-${number}.txt`), out, fake.url, { concurrency: 1 })
      expect(await runBatch(again)).toMatchObject({ rows: 4, written: 2 })
    }),
  )

  it('end the run if the gateway is gone', async () => {
    const fake = await startFakeGateway({ intercept: () => 'drop' })
    const running = batch(['a'], { retryForMs: 0 }, fake)
    await expect(running).rejects.toThrow(/no server answers at http:.* \(.+\), and did not recover within 0 s/)
    await fake.stop()
    await expect(batch(['a'], {}, fake)).rejects.toThrow(`no gateway answers at ${fake.url} (`)
  })

  it('end the run if a field of all of them is refused', () => {
    const refusal = errorReply(400, { message: 'max_tokens is -1: expected', param: 'max_tokens' })
    return withFake({ intercept: () => refusal }, async (fake) => {
      const running = batch(['Hi'], { body: { max_tokens: -1 } }, fake)
      await expect(running).rejects.toThrow('the server refuses max_tokens, which all requests have: max_tokens is -1')
    })
  })

  it('stop with the signal', () => {
    const controller = new AbortController()
    const intercept = () => new Promise<undefined>(() => controller.abort(new Error('stopped')))
    return withFake({ intercept }, async (fake) => {
      await expect(batch(['Hi'], { signal: controller.signal }, fake)).rejects.toThrow('stopped')
    })
  })

  it('have a time limit', () =>
    withFake({ intercept: () => new Promise<undefined>(() => undefined) }, async (fake) => {
      const running = batch(['Hi'], { timeoutMs: 20, retryForMs: 0 }, fake)
      await expect(running).rejects.toThrow('The operation was aborted due to timeout')
    }))
})

describe('settings', () => {
  it('are in the manifest', async () => {
    const { out } = await batch(['Hi'], { body: { max_tokens: 4 } })
    const manifest = JSON.parse(await readFile(`${out}.manifest.json`, 'utf8'))
    expect(manifest).toMatchObject({
      settings: {
        prompts: { form: 'lines', count: 1 },
        request: { model: 'fake', max_tokens: 4 },
        seed: 7,
        samples: 1,
        gateway: {
          version: '0.1.0',
          models: [{ name: 'dpo', version: 'v1' }],
          decoding: { strategy: 'aad', parameters: { aad: { alpha: 0.1 } } },
          template: expect.any(String),
        },
        shard: null,
      },
      runs: [{ rows: 1, written: 1, errors: 0, revision: await ownRevision() }],
    })
  })

  it('cannot change when a run is continued', async () => {
    const { path, out, text } = await batch(['Hi'])
    const again = (changes: Partial<BatchOptions>, { url } = gateway) =>
      batchOptions(path, out, url, changes).then(runBatch)
    await expect(again({ seed: 8 })).rejects.toThrow(`${out} was started with other settings: seed is 8, and was 7.`)
    await expect(again({ body: { n_x: 1 } })).rejects.toThrow('request.n_x is 1, and was missing')
    await withFake({ modelVersion: 'v2' }, (fake) =>
      expect(again({}, fake)).rejects.toThrow('gateway.models.0.version is "v2", and was "v1"'),
    )
    await writeFile(path, 'Hi\nHo\n')
    await expect(again({})).rejects.toThrow('prompts.sha256 is ')
    expect(await readFile(out, 'utf8')).toBe(text)
  })

  it('of a gateway that does not tell its defaults have none', () =>
    withFake({ hasDefaults: false }, async (fake) => {
      const { out } = await batch(['Hi'], {}, fake)
      const { settings } = JSON.parse(await readFile(`${out}.manifest.json`, 'utf8'))
      expect(settings.gateway).toMatchObject({ version: '0.1.0', models: [{ name: 'dpo' }], decoding: null })
    }))

  it('of other OpenAI-compatible servers are what they list', () =>
    withFake({ isTandem: false }, async (fake) => {
      const { out } = await batch(['Hi'], {}, fake)
      const { settings } = JSON.parse(await readFile(`${out}.manifest.json`, 'utf8'))
      expect(settings).toMatchObject({
        request: { model: 'fake' },
        gateway: { version: null, models: null, decoding: null },
      })
    }))

  it.each([
    [{ body: { seed: 1 } }, 'seed cannot be set for a batch: use --seed, from which each row gets its own'],
    [{ body: { n: 2 } }, 'n cannot be set for a batch: use --samples, which makes a row for each answer'],
    [{ body: { decoding: { timings: true } } }, 'decoding.timings cannot be set for a batch: times differ'],
  ])('refuses %j', async (changes, message) => expect(batch(['Hi'], changes)).rejects.toThrow(message))

  it('refuses texts without a length, and samples of OpenAI rows', async () => {
    await expect(batch([{ prompt: 'Once' }])).rejects.toThrow('generates only 16 tokens by default')
    const row = { custom_id: 'a', method: 'POST', url: '/v1/completions', body: { prompt: 'x' } }
    await expect(batch([row], { samples: 2 })).rejects.toThrow('--samples is 2: in OpenAI')
  })
})
