import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildModel } from '@tandem/models'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { finishCli, startCli } from './support/cli-run.js'
import { fixturesFolder, tinyFolder } from './support/fixtures.js'
import { runProgram } from './support/run-program.js'
import { type Stack, startStack } from './support/stack.js'
import { findTrainingPython } from './support/training-python.js'

/** So many prompts that 20 processes hardly finish them. */
const promptCount = 80
const kills = 20

const found = await findTrainingPython()
if ('missing' in found) console.warn(`TRL does not read the pairs: ${found.missing}`)

let folder: string
let stack: Stack
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-synthesize-'))
  const row = (_: unknown, i: number) => JSON.stringify({ prompt: [{ role: 'user', content: `What is ${i}?` }] })
  await writeFile(join(folder, 'prompts.jsonl'), `${Array.from({ length: promptCount }, row).join('\n')}\n`)
  const source = tinyFolder('llama-tied')
  const path = (name: string) => join(folder, name)
  await buildModel({ source, out: path('sft'), precision: 'fp32' })
  await buildModel({ source, adapter: tinyFolder('llama-tied+lora'), out: path('dpo'), precision: 'fp32' })
  await buildModel({ source: join(fixturesFolder, 'tiny-reward/base'), out: path('reward'), precision: 'fp32' })
  // Batches of other sizes must not change the bits: the rows are compared byte by byte.
  const env = { TANDEM_STRICT: '1' }
  const models = { sft: path('sft'), dpo: path('dpo'), rewards: { picker: path('reward') } }
  stack = await startStack({ pair: 'tiny', ...models, env })
})
afterAll(async () => {
  await stack?.stop()
  await rm(folder, { recursive: true, force: true })
})

/** Starts `tandem synthesize`. What it writes to stderr is added to `output`. */
function start(out: string, prompts: string, ...args: readonly string[]) {
  const fixed = ['synthesize', join(folder, prompts), '--out', join(folder, out), '--url', stack.url]
  return startCli([...fixed, '--max-tokens', '5', '--seed', '11', ...args], join(folder, 'home'))
}

const finish = (out: string, prompts = 'prompts.jsonl', ...args: readonly string[]) =>
  finishCli(start(out, prompts, ...args))

/** Makes `implicit.jsonl`, whose pairs have no column `prompt`, unless it is there. */
const finishImplicit = () =>
  finish(
    'implicit.jsonl',
    'prompts.jsonl',
    '--chosen',
    'best-of-n n=3',
    '--rejected',
    'worst-of-n n=3',
    '--implicit-prompt',
  )

const read = (name: string) => readFile(join(folder, name), 'utf8')
const rowsOf = async (name: string) =>
  (await read(name))
    .split('\n')
    .slice(0, -1)
    .map((line) => rowSchema.parse(JSON.parse(line)))
/** The bytes of answers and scores together. */
const sizeOf = async (name: string) => {
  const sizes = ['answers', 'scores'].map((stage) =>
    stat(join(folder, `${name}.${stage}.jsonl`)).then(
      ({ size }) => size,
      () => 0,
    ),
  )
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size)
}

const messages = z.array(z.object({ role: z.string(), content: z.string() }))
const rowSchema = z.object({
  prompt: messages.optional(),
  chosen: messages,
  rejected: messages,
  score_chosen: z.number(),
  score_rejected: z.number(),
  token_ids_chosen: z.array(z.int()),
  token_ids_rejected: z.array(z.int()),
})

describe('tandem synthesize', () => {
  it('killed at 20 random moments and continued, the pairs are those of an unbroken run', async () => {
    const output = await finish('unbroken.jsonl')
    expect(output).toMatch(/unbroken\.jsonl: \d+ pairs of 80 prompts\n/)
    const whole = await sizeOf('unbroken')
    let killed = 0
    while (killed < kills) {
      const run = start('broken.jsonl', 'prompts.jsonl')
      // A random moment: before the files exist, or when they have grown by up to an 11th of the
      // whole.
      const size = (await sizeOf('broken')) - 1 + Math.floor(Math.random() * (whole / 11))
      await expect.poll(async () => run.hasEnded || (await sizeOf('broken')) >= size, { interval: 1 }).toBe(true)
      run.child.kill('SIGKILL')
      const [, signal] = await run.end
      if (signal === 'SIGKILL') killed++
      else for (const stage of ['answers', 'scores']) await rm(join(folder, `broken.${stage}.jsonl`), { force: true })
      // The next process would wait 10 seconds for the lock of the dead one.
      await rm(join(folder, 'broken.jsonl.lock'), { recursive: true, force: true })
    }
    await finish('broken.jsonl')
    expect(await read('broken.jsonl')).toBe(await read('unbroken.jsonl'))
  })

  it('makes pairs with scores and token ids that differ, and a second round with the same rejected', async () => {
    await finish('first.jsonl')
    const first = await rowsOf('first.jsonl')
    expect(first.length).toBeGreaterThan(promptCount / 2)
    for (const { chosen, rejected, token_ids_chosen } of first) {
      expect(chosen).not.toEqual(rejected)
      expect(token_ids_chosen.length).toBeGreaterThan(0)
    }
    const more = ['--rejected-from', join(folder, 'first.jsonl'), '--chosen', 'greedy-sft']
    await finish('second.jsonl', 'first.jsonl', ...more)
    const second = await rowsOf('second.jsonl')
    const byPrompt = new Map(first.map((row) => [JSON.stringify(row.prompt), row]))
    expect(second.length).toBeGreaterThan(0)
    for (const row of second) {
      const before = byPrompt.get(JSON.stringify(row.prompt))
      expect([row.rejected, row.token_ids_rejected]).toEqual([before?.rejected, before?.token_ids_rejected])
    }
  })

  it('best and worst of n: the chosen side has the higher score', async () => {
    await finishImplicit()
    const rows = await rowsOf('implicit.jsonl')
    expect(rows.length).toBeGreaterThan(promptCount / 2)
    for (const { prompt, chosen, score_chosen, score_rejected } of rows) {
      expect(prompt).toBeUndefined()
      expect(chosen.map(({ role }) => role)).toEqual(['user', 'assistant'])
      expect(score_chosen).toBeGreaterThan(score_rejected)
    }
  })

  it('makes adherence pairs, and says what was dropped and why', async () => {
    // The tiny model cannot stay on a topic: without content words, every text is on topic.
    const asks = Array.from({ length: 12 }, (_, i) => `${'Why? '.repeat(i + 1).trim()}\n`)
    await writeFile(join(folder, 'asks.txt'), asks.join(''))
    const output = await finish('adherence.jsonl', 'asks.txt', '--pairs', 'adherence', '--samples', '3')
    const lines = (await read('adherence.jsonl')).split('\n').slice(0, -1)
    expect(lines.length).toBeGreaterThan(3)
    for (const line of lines) {
      const { index, index_rejected, token_ids_chosen, token_ids_rejected } = adherenceSchema.parse(JSON.parse(line))
      expect(index_rejected).not.toBe(index)
      expect(Math.abs(token_ids_chosen.length - token_ids_rejected.length)).toBeLessThanOrEqual(1)
    }
    expect(output).toContain(`adherence.jsonl: ${lines.length} pairs of 12 prompts\n`)
  })

  it.skipIf('missing' in found)('TRL reads the pairs: DPOTrainer and RewardTrainer train two steps', async () => {
    const python = 'python' in found ? found.python : ''
    await finish('first.jsonl')
    await finishImplicit()
    const files = ['first.jsonl', 'implicit.jsonl'].map((name) => join(folder, name))
    const script = join(fixturesFolder, 'trl/two_steps.py')
    const { code, stdout, stderr } = await runProgram(python, [script, tinyFolder('llama-tied'), ...files])
    expect(code, stderr).toBe(0)
    const [row] = await rowsOf('first.jsonl')
    const trained = JSON.parse(stdout.trim().split('\n').at(-1) ?? '')
    expect(trained).toMatchObject({
      dpo: {
        prompt_ids: `<|user|>${row?.prompt?.[0]?.content}<|end|><|assistant|>`,
        chosen_ids: `${row?.chosen[0]?.content}<|end|>`,
        rejected_ids: `${row?.rejected[0]?.content}<|end|>`,
      },
      reward: { chosen_ids: expect.stringMatching(/^<\|user\|>.*<\|assistant\|>.*<\|end\|>$/s) },
      steps: [2, 2],
      losses: Array.from({ length: 4 }, () => expect.any(Number)),
    })
  })
})

const adherenceSchema = z.object({
  index: z.int(),
  index_rejected: z.int(),
  token_ids_chosen: z.array(z.int()),
  token_ids_rejected: z.array(z.int()),
})
