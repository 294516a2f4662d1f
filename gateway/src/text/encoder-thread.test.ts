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

/** A thread that runs a program with the text of its first job. */
async function threadThat(name: string, program: string): Promise<EncoderThread> {
  const path = join(folder, `${name}.mjs`)
  await writeFile(
    path,
    `import { parentPort, threadId } from 'node:worker_threads'
     const answer = (text) => parentPort.postMessage({ type: 'encoded', ids: [[threadId, text.length]] })
     parentPort.on('message', ([{ text }]) => { ${program} })`,
  )
  const model = { eosTokenIds: [], bosTokenId: null, modelVocabularySize: 1 }
  const thread = createEncoderThread({ files: new Map(), model }, pathToFileURL(path))
  threads.push(thread)
  return thread
}

test('one thread processes several lists of jobs, one after another', async () => {
  const thread = await threadThat('answers', 'answer(text)')
  const [[first = 0, length] = []] = await thread.run([job('abc')], never)
  expect(length).toBe(3)
  expect(await thread.run([job('ab')], never)).toEqual([[first, 2]])
})

test.each([
  ['ends', 'process.exit(3)', 'ended with code 3'],
  ['throws', "throw new Error('broken')", 'failed: broken'],
  ['fails', "parentPort.postMessage({ type: 'failed', code: null, message: 'odd' })", 'failed: odd'],
])('the jobs of a thread that %s fail, and the next jobs get a new thread', async (name, program, reason) => {
  const thread = await threadThat(name, `if (text === 'bad') { ${program} } else answer(text)`)
  await expect(thread.run([job('bad')], never)).rejects.toThrow(`the thread that encodes long texts ${reason}`)
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

test('a TextError keeps the thread and is thrown unchanged', async () => {
  const refusal = "parentPort.postMessage({ type: 'failed', code: 'invalid_messages', message: 'no' })"
  const thread = await threadThat('refuses', `if (text === 'bad') ${refusal}; else answer(text)`)
  const before = await thread.run([job('good')], never)
  await expect(thread.run([job('bad')], never)).rejects.toMatchObject({ code: 'invalid_messages', message: 'no' })
  expect(await thread.run([job('good')], never)).toEqual(before)
})

test('a signal ends the running jobs and the thread', async () => {
  const thread = await threadThat('runs', "if (text === 'long') for (;;); else answer(text)")
  const aborting = new AbortController()
  const running = thread.run([job('long')], aborting.signal)
  aborting.abort(new Error('gone'))
  await expect(running).rejects.toThrow('gone')
  await expect(thread.run([job('short')], aborting.signal)).rejects.toThrow('gone')
  expect((await thread.run([job('short')], never))[0]?.[1]).toBe(5)
})
