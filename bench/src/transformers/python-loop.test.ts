import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Context, findHome } from '@tandem/cli'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { PythonLoop } from './python-loop.js'

/**
 * Replaces Python: it uses the protocol of loop.py, reports its arguments, and ends if no token is
 * requested.
 */
const program = `#!${process.execPath}
const lines = require('node:readline').createInterface({ input: process.stdin })
console.log(JSON.stringify({ ready: process.argv.slice(3).join(' ') }))
lines.on('line', (line) => {
  const { prompt_ids: ids, max_tokens: count } = JSON.parse(line)
  if (count === 0) { console.error('max_tokens is 0'); process.exit(1) }
  console.log(JSON.stringify({ token_ids: ids.slice(0, count), ms: ids.slice(0, count).map((_, i) => 10 * i) }))
})
`
let folder: string
let python: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-loop-'))
  python = join(folder, 'python')
  await writeFile(python, program)
  await chmod(python, 0o755)
})
afterAll(() => rm(folder, { recursive: true, force: true }))

function context(signal = new AbortController().signal): Context {
  const output = { write: () => true }
  const home = findHome({ TANDEM_HOME: folder })
  return { home, environment: process.env, output, answers: output, findModule: String, isVerbose: false, signal }
}
const use = <T>(work: (loop: PythonLoop, versions: string) => Promise<T>, given = context()) =>
  PythonLoop.with({ python, gguf: 'm.gguf', adapter: 'a', threads: 2 }, { context: given }, work)

describe.skipIf(process.platform === 'win32')('PythonLoop', () => {
  it('passes models and threads to the script, and reads its answers in order', async () => {
    const found = await use(async (loop, versions) => [
      versions,
      await loop.decode([5, 6, 7], 2, 0.1),
      await loop.decode([8], 1, 0.1),
    ])
    const arrivals = [0, 10].map((atMs) => ({ atMs, tokens: 1 }))
    expect(found).toEqual([
      'm.gguf a 2',
      { tokenIds: [5, 6], arrivals },
      { tokenIds: [8], arrivals: arrivals.slice(0, 1) },
    ])
  })

  it('reports the output of a process that ends', async () => {
    await expect(use((loop) => loop.decode([5], 0, 0.1))).rejects.toThrow(
      'the Python loop has ended. It printed:\nmax_tokens is 0',
    )
  })

  it('ends with the reason of an abort', async () => {
    const controller = new AbortController()
    const aborted = use(async (loop) => {
      controller.abort(new Error('interrupted'))
      return loop.decode([5], 1, 0.1)
    }, context(controller.signal))
    await expect(aborted).rejects.toThrow('interrupted')
  })
})
