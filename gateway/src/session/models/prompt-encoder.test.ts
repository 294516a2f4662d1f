import { expect, test } from 'vitest'
import { type EncodeJob, type EncoderThread, runJob, type Text } from '../../text/index.js'
import { readText } from '../../text/testing/fixtures.js'
import { createPromptEncoder } from './prompt-encoder.js'

const text = readText('tiny/llama-tied')
const job = (words: string): EncodeJob => ({ type: 'text', text: words, addSpecialTokens: false })
const chat = (content: string): EncodeJob => ({
  type: 'conversation',
  messages: [{ role: 'user', content }],
  options: { addGenerationPrompt: true },
})
const never = () => new AbortController().signal

/** Creates a thread that answers only when the test calls `held`. */
function createHeldThread(used: Text = text) {
  const held: (() => void)[] = []
  const thread: EncoderThread = {
    run: (jobs, signal) =>
      new Promise((resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason as Error))
        held.push(() => resolve(jobs.map((one) => runJob(used, one))))
      }),
    prepare: () => undefined,
    close: () => Promise.resolve(),
  }
  return { thread, held, encoder: createPromptEncoder(used, thread), text: used }
}

test('encodes short texts on the event loop and long ones in the thread, to the same ids', async () => {
  const { encoder, held } = createHeldThread()
  const short = [job('decoding '.repeat(200)), chat('naïve café')]
  expect(await encoder.encode(short, never())).toEqual(short.map((one) => runJob(text, one)))
  expect(held).toHaveLength(0)
  for (const long of [
    [job('decoding '.repeat(500))],
    [chat('a'.repeat(5_000))],
    Array(5).fill(job('x'.repeat(1_000))),
  ]) {
    const answer = encoder.encode(long, never())
    await expect.poll(() => held.length).toBe(1)
    held.pop()?.()
    expect(await answer).toEqual(long.map((one) => runJob(text, one)))
  }
})

test('a short conversation whose template takes long, or makes a long text, is encoded in the thread', async () => {
  const template =
    "{{ messages[0].content }}{% if messages[0].content == 'work' %}{% for i in range(99999) %}{% endfor %}" +
    "{% elif messages[0].content == 'text' %}{{ 'word ' * 9999 }}{% endif %}"
  const { encoder, held, text: own } = createHeldThread(readText('tiny/llama-tied', template))
  for (const words of ['work', 'text']) {
    const answer = encoder.encode([job('short'), chat(words)], never())
    await expect.poll(() => held.length).toBe(1)
    held.pop()?.()
    expect(await answer).toEqual([job('short'), chat(words)].map((one) => runJob(own, one)))
  }
  expect(await encoder.encode([chat('other')], never())).toEqual([runJob(own, chat('other'))])
  expect(held).toHaveLength(0)
})

test('many short messages, tools and arguments are a long conversation', async () => {
  const { encoder, held } = createHeldThread()
  const messages = Array.from({ length: 100 }, () => ({ role: 'user', content: 'a' }))
  const options = { addGenerationPrompt: true }
  const jobs: EncodeJob[] = [
    { type: 'conversation', messages, options },
    { ...chat('a'), options: { ...options, templateArguments: { text: ['a'.repeat(5_000)] } } } as EncodeJob,
    { type: 'conversation', messages: [{ role: 'user', content: 'a', more: { text: 'a'.repeat(5_000) } }], options },
  ]
  for (const one of jobs) {
    const answer = encoder.encode([one], never())
    await expect.poll(() => held.length).toBe(1)
    held.pop()?.()
    expect(await answer).toHaveLength(1)
  }
})

test('encodes four long texts at once, refuses them if the queue is full, and drops aborted ones', async () => {
  const { encoder, held } = createHeldThread()
  const long = [job('x'.repeat(70_000))]
  const client = new AbortController()
  const running = Array.from({ length: 4 }, () => encoder.encode(long, never()))
  const gone = encoder.encode(long, client.signal)
  const others = Array.from({ length: 63 }, () => encoder.encode(long, never()))
  await expect(encoder.encode(long, never())).rejects.toMatchObject({
    code: 'exhausted',
    message: /64 requests are waiting/,
  })
  expect(held).toHaveLength(4)
  client.abort()
  await expect(gone).rejects.toMatchObject({ code: 'aborted' })
  expect(held).toHaveLength(4)
  for (const answer of [...running, ...others]) {
    await expect.poll(() => held.length).toBeGreaterThan(0)
    held.shift()?.()
    expect(await answer).toHaveLength(1)
  }
})

test('a text of medium length does not wait for a slot behind long ones', async () => {
  const { encoder, held } = createHeldThread()
  const waiting = Array.from({ length: 10 }, () => encoder.encode([job('x'.repeat(70_000))], never()))
  await expect.poll(() => held.length).toBe(4)
  const medium = encoder.encode([job('x'.repeat(5_000))], never())
  await expect.poll(() => held.length).toBe(5)
  held.pop()?.()
  expect(await medium).toHaveLength(1)
  expect(await encoder.encode([job('short')], never())).toHaveLength(1)
  for (const answer of waiting) {
    await expect.poll(() => held.length).toBeGreaterThan(0)
    held.shift()?.()
    expect(await answer).toHaveLength(1)
  }
})

test('ends a running encoding at the deadline', async () => {
  const { encoder, held } = createHeldThread()
  const deadline = AbortSignal.abort(new DOMException('late', 'TimeoutError'))
  await expect(encoder.encode([job('x'.repeat(5_000))], deadline)).rejects.toMatchObject({ code: 'deadline' })
  const running = encoder.encode([job('x'.repeat(5_000))], AbortSignal.timeout(20))
  await expect.poll(() => held.length).toBe(1)
  await expect(running).rejects.toMatchObject({ code: 'deadline' })
})
