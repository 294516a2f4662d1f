import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { finishCli, startCli } from './support/cli-run.js'
import type { Stack } from './support/stack.js'
import { startTinyStack } from './support/tiny-stack.js'

/** Enough rows that 20 processes do not finish them. */
const promptCount = 120
const kills = 20

let folder: string
let stack: Stack
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-batch-'))
  const row = (_: unknown, i: number) => JSON.stringify({ prompt: [{ role: 'user', content: `What is ${i}?` }], i })
  await writeFile(join(folder, 'prompts.jsonl'), `${Array.from({ length: promptCount }, row).join('\n')}\n`)
  // Batches of other sizes must not change the bits: the rows are compared byte by byte.
  stack = await startTinyStack({ env: { TANDEM_STRICT: '1' } })
})
afterAll(async () => {
  await stack?.stop()
  await rm(folder, { recursive: true, force: true })
})

/** Starts `tandem batch`. What it writes to stderr is added to `output`. */
function start(out: string, ...args: readonly string[]) {
  const fixed = ['batch', join(folder, 'prompts.jsonl'), '--out', join(folder, out), '--url', stack.url]
  const method = ['--strategy', 'sample temperature=1', '--max-tokens', '5', '--token-ids', '--seed', '11']
  return startCli([...fixed, ...method, ...args], join(folder, 'home'))
}

const finish = (out: string, ...args: readonly string[]) => finishCli(start(out, ...args))

const read = (name: string) => readFile(join(folder, name), 'utf8')
const sizeOf = (name: string) =>
  stat(join(folder, name)).then(
    ({ size }) => size,
    () => -1,
  )

describe('tandem batch', () => {
  it('killed at 20 random moments and continued, the file is that of an unbroken run', async () => {
    await finish('unbroken.jsonl')
    const unbroken = await read('unbroken.jsonl')
    let killed = 0
    while (killed < kills) {
      const run = start('broken.jsonl')
      // A random moment: before the file exists, or when it has grown by up to a 24th of the whole.
      const before = await sizeOf('broken.jsonl')
      const size = before + Math.floor(Math.random() * (unbroken.length / 24))
      await expect.poll(async () => run.hasEnded || (await sizeOf('broken.jsonl')) >= size, { interval: 1 }).toBe(true)
      run.child.kill('SIGKILL')
      const [, signal] = await run.end
      if (signal === 'SIGKILL') killed++
      else await rm(join(folder, 'broken.jsonl'))
      // The next process would wait 10 seconds for the lock of the dead one.
      await rm(join(folder, 'broken.jsonl.lock'), { recursive: true, force: true })
    }
    await finish('broken.jsonl')
    expect(await read('broken.jsonl')).toBe(unbroken)
  })

  it('three shards at once, one after the other in one file, are the whole', async () => {
    await Promise.all([1, 2, 3].map((number) => finish('sharded.jsonl', '--shard', `${number}/3`)))
    const parts = await Promise.all([1, 2, 3].map((number) => read(`sharded-0000${number}-of-00003.jsonl`)))
    await finish('whole.jsonl')
    expect(parts.join('')).toBe(await read('whole.jsonl'))
    expect(parts.join('').split('\n')).toHaveLength(promptCount + 1)
  })

  it('Ctrl-C ends it with code 130, and it says how to continue', async () => {
    const run = start('interrupted.jsonl')
    await expect.poll(() => sizeOf('interrupted.jsonl'), { interval: 1 }).toBeGreaterThan(0)
    run.child.kill('SIGINT')
    expect(await run.end).toEqual([130, null])
    expect(run.output).toContain('interrupted.jsonl is not complete: run the same command again to continue\n')
    expect(await finish('interrupted.jsonl')).toContain(`interrupted.jsonl: ${promptCount} rows, `)
  })

  it('refuses to continue with other settings', async () => {
    await finish('settings.jsonl', '--shard', '1/60')
    const run = start('settings.jsonl', '--shard', '1/60', '--seed', '12')
    expect((await run.end)[0]).toBe(1)
    expect(run.output).toContain('was started with other settings: seed is 12, and was 11.')
  })
})
