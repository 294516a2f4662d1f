import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, expect, test } from 'vitest'
import type { EncodeJob } from './encode-job.js'
import { createEncoderThread, type EncoderThread } from './encoder-thread.js'

const folder = await mkdtemp(join(tmpdir(), 'tandem-encoder-'))
const threads: EncoderThread[] = []
afterAll(async () => {
  for (const thread of threads) await thread.close()
  await rm(folder, { recursive: true })
})

const job = (text: string): EncodeJob => ({ type: 'text', text, addSpecialTokens: true })
const never = new AbortController().signal

/** A thread that runs a program with the text of a call's first job. */
async function threadThat(name: string, program: string): Promise<EncoderThread> {
  const path = join(folder, `${name}.mjs`)
  await writeFile(
    path,
    `import { parentPort, threadId } from 'node:worker_threads'
     const post = (answer) => parentPort.postMessage(answer)
     parentPort.on('message', ({ type, id, jobs }) => {
       if (type === 'cancel') return post({ type: 'cancelled', id })
       const answer = (text) => post({ type: 'encoded', id, ids: [[threadId, text.length]] })
       const { text } = jobs[0]
       ${program}
     })
     post({ type: 'ready' })`,
  )
  const model = { eosTokenIds: [], bosTokenId: null, modelVocabularySize: 1 }
  const thread = createEncoderThread({ files: new Map(), model }, { workerUrl: pathToFileURL(path), cancelLimitMs: 20 })
  threads.push(thread)
  return thread
}

test('one thread runs calls at the same time', async () => {
  const thread = await threadThat('answers', "if (text === 'late') setTimeout(answer, 20, text); else answer(text)")
  const ended: string[] = []
  const run = async (text: string) => {
    const [[thread0 = 0, length] = []] = await thread.run([job(text)], never)
    ended.push(text)
    expect(length).toBe(text.length)
    return thread0
  }
  const [first, second] = await Promise.all([run('late'), run('abc')])
  expect(first).toBe(second)
  expect(ended).toEqual(['abc', 'late'])
})

test('a prepared thread is the thread of the first call', async () => {
  const thread = await threadThat('prepared', 'answer(text)')
  thread.prepare()
  const before = await thread.run([job('a')], never)
  thread.prepare()
  expect(await thread.run([job('a')], never)).toEqual(before)
})

test.each([
  ['ends', 'process.exit(3)', 'ended with code 3'],
  ['throws', "throw new Error('broken')", 'failed: broken'],
])('the calls of a thread that %s fail, and the next call gets a new thread', async (name, program, reason) => {
  const thread = await threadThat(name, `if (text === 'bad') { ${program} } else if (text !== 'open') answer(text)`)
  const message = `the thread that encodes long texts ${reason}`
  const open = expect(thread.run([job('open')], never)).rejects.toThrow(message)
  await expect(thread.run([job('bad')], never)).rejects.toThrow(message)
  await open
  expect((await thread.run([job('good')], never))[0]?.[1]).toBe(4)
})

test.each([
  ['ends', 'process.exit(3)'],
  ['throws', "throw new Error('late')"],
])('a thread that %s while no call waits is replaced', async (name, program) => {
  const thread = await threadThat(`idle-${name}`, `answer(text); setTimeout(() => { ${program} }, 20)`)
  const [[first] = []] = await thread.run([job('a')], never)
  await expect.poll(async () => (await thread.run([job('b')], never))[0]?.[0], { interval: 60 }).not.toBe(first)
})

test.each([
  ["'invalid_messages'", { code: 'invalid_messages', message: 'no' }],
  ['null', { message: 'the thread that encodes long texts failed: no' }],
])('an error with the code %s is thrown, and the thread stays', async (code, expected) => {
  const refusal = `post({ type: 'failed', id, code: ${code}, message: 'no' })`
  const thread = await threadThat(`refuses-${code}`, `if (text === 'bad') ${refusal}; else answer(text)`)
  const before = await thread.run([job('good')], never)
  await expect(thread.run([job('bad')], never)).rejects.toMatchObject(expected)
  expect(await thread.run([job('good')], never)).toEqual(before)
})

test('a signal ends a call, and the thread stays', async () => {
  const thread = await threadThat('drops', "if (text !== 'long') answer(text)")
  const before = await thread.run([job('good')], never)
  const aborting = new AbortController()
  const running = thread.run([job('long')], aborting.signal)
  aborting.abort(new Error('gone'))
  await expect(running).rejects.toThrow('gone')
  await expect(thread.run([job('short')], aborting.signal)).rejects.toThrow('gone')
  expect(await thread.run([job('good')], never)).toEqual(before)
})

test('a thread that does not drop a call is replaced, and its other calls run again', async () => {
  const thread = await threadThat('stuck', "if (text === 'long') for (;;); else answer(text)")
  const [[first = 0] = []] = await thread.run([job('a')], never)
  const aborting = new AbortController()
  const running = thread.run([job('long')], aborting.signal)
  const other = thread.run([job('open')], never)
  aborting.abort(new Error('gone'))
  await expect(running).rejects.toThrow('gone')
  const [[second = 0, length] = []] = await other
  expect(length).toBe(4)
  expect(second).not.toBe(first)
})

test('closing ends open calls', async () => {
  const thread = await threadThat('closes', '')
  const open = expect(thread.run([job('a')], never)).rejects.toThrow('the thread that encodes long texts was closed')
  await thread.close()
  await open
})
