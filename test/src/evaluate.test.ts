import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildModel } from '@tandem/models'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { finishCli, startCli } from './support/cli-run.js'
import { fixturesFolder, tinyFolder } from './support/fixtures.js'
import { type Stack, startStack } from './support/stack.js'

/** Enough prompts that 20 processes do not finish them. */
const promptCount = 24
const kills = 20

/** The context of the tiny models is too short for the default prompt. */
const judgePrompt = '{{prompt}}\nA: {{answer_a}}\nB: {{answer_b}}\nWhich is better: A, B or tie?'

let folder: string
let stack: Stack
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-evaluate-'))
  const row = (_: unknown, i: number) => JSON.stringify({ instruction: `What is ${i}?`, dataset: `set-${i % 2}` })
  await writeFile(join(folder, 'judge.txt'), judgePrompt)
  await writeFile(join(folder, 'prompts.jsonl'), `${Array.from({ length: promptCount }, row).join('\n')}\n`)
  const source = tinyFolder('llama-tied')
  const path = (name: string) => join(folder, name)
  await buildModel({ source, out: path('sft'), precision: 'fp32' })
  await buildModel({ source, adapter: tinyFolder('llama-tied+lora'), out: path('dpo'), precision: 'fp32' })
  const base = join(fixturesFolder, 'tiny-reward/base')
  await buildModel({ source: base, out: path('oracle'), precision: 'fp32' })
  const adapter = join(fixturesFolder, 'tiny-reward/base+lora')
  await buildModel({ source: base, adapter, out: path('picker'), precision: 'fp32' })
  // Batches of other sizes must not change the bits: the files are compared byte by byte.
  const rewards = { oracle: path('oracle'), picker: path('picker') }
  stack = await startStack({ pair: 'tiny', sft: path('sft'), dpo: path('dpo'), rewards, env: { TANDEM_STRICT: '1' } })
})
afterAll(async () => {
  await stack?.stop()
  await rm(folder, { recursive: true, force: true })
})

const asked = ['--strategies', 'aad,greedy-sft,best-of-n n=2', '--sweep', 'aad alpha=0.3', '--samples', '3']

/** Starts `tandem evaluate` on the stack. */
function start(out: string, ...args: readonly string[]) {
  const fixed = ['evaluate', join(folder, 'prompts.jsonl'), '--out', join(folder, out), '--url', stack.url, ...asked]
  const models = ['--oracle', 'oracle', '--picker', 'picker', '--max-tokens', '5', '--seed', '11']
  return startCli([...fixed, ...models, ...args], join(folder, 'home'))
}

/** The options of a judge: the gateway judges its own answers. */
const judged = () => ['--judge-url', stack.url, '--judge-model', 'tiny', '--judge-prompt', join(folder, 'judge.txt')]

const finish = (out: string, ...args: readonly string[]) => finishCli(start(out, ...args))

let unbroken: Promise<string> | undefined
/** The output of a run with a judge that nothing interrupts. */
const finishUnbroken = () => {
  unbroken ??= finish('unbroken', ...judged())
  return unbroken
}

const rowFiles = ['answers.jsonl', 'scores.oracle.jsonl', 'scores.picker.jsonl', 'judgements.tiny.jsonl']
const read = (out: string, name: string) => readFile(join(folder, out, name), 'utf8')
/** The bytes of answers, scores and judgements together. */
const sizeOf = async (out: string) => {
  const sizes = rowFiles.map((name) =>
    stat(join(folder, out, name)).then(
      ({ size }) => size,
      () => 0,
    ),
  )
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size)
}

const answerSchema = z.object({
  ...{ prompt: z.string(), strategy: z.string(), sample: z.int(), text: z.string(), tokens: z.int() },
  ...{ oracle: z.number(), picker: z.number().nullable() },
})
const judgementSchema = z.object({ prompt: z.string(), first: z.string(), score: z.number().nullable() })
const resultsSchema = z.object({
  createdAt: z.string(),
  answers: z.array(answerSchema),
  judgements: z.array(judgementSchema),
})
const resultsOf = async (out: string) => resultsSchema.parse(JSON.parse(await read(out, 'results.json')))

describe('tandem evaluate', () => {
  it('killed at 20 random moments and continued, its files are those of an unbroken run', async () => {
    await finishUnbroken()
    const whole = await sizeOf('unbroken')
    let killed = 0
    while (killed < kills) {
      const run = start('broken', ...judged())
      // A random moment: before the files exist, or when they have grown by up to a tenth of the
      // whole.
      const size = (await sizeOf('broken')) - 1 + Math.floor(Math.random() * (whole / 10))
      await expect.poll(async () => run.hasEnded || (await sizeOf('broken')) >= size, { interval: 1 }).toBe(true)
      run.child.kill('SIGKILL')
      const [, signal] = await run.end
      if (signal === 'SIGKILL') killed++
      else for (const name of rowFiles) await rm(join(folder, 'broken', name), { force: true })
      // The next process would wait 10 seconds for the lock of the dead one.
      await rm(join(folder, 'broken', 'evaluation.lock'), { recursive: true, force: true })
    }
    await finish('broken', ...judged())
    for (const name of rowFiles) expect(await read('broken', name)).toBe(await read('unbroken', name))
    expect({ ...(await resultsOf('broken')), createdAt: '' }).toEqual({
      ...(await resultsOf('unbroken')),
      createdAt: '',
    })
  })

  it('reports a judge without verdicts', async () => {
    const output = await finishUnbroken()
    // Each other method against aad, in both orders, for every prompt.
    expect(output).toContain(
      `Judge tiny: at most ${promptCount * 4} requests, for both orders of ${promptCount * 2} pairs`,
    )
    const { judgements } = await resultsOf('unbroken')
    expect(judgements).toHaveLength(promptCount * 2)
    const left = judgements.filter(({ score }) => score === null).length
    expect(left).toBeGreaterThan(promptCount)
    const report = await read('unbroken', 'report.md')
    const note = new RegExp(`The judge tiny gave no verdict on \\d+ of ${promptCount} prompts`, 'g')
    expect(report.match(note)).toHaveLength(2)
    expect(await read('unbroken', 'judge.csv')).toMatch(/^comparison,.*\naad against greedy-sft,tiny,prompts,/)
    const rows = (await read('unbroken', 'judgements.tiny.jsonl')).trim().split('\n')
    expect(JSON.parse(rows[0] ?? '')).toMatchObject({ index: 0, verdict: null, text: expect.stringMatching(/./) })
  })

  it('adding samples, with a kill in between, gives the files of one full run', async () => {
    await finish('unbroken', ...judged())
    await finish('extended', '--samples', '2', ...judged())
    const size = await sizeOf('extended')
    const run = start('extended', ...judged())
    // The rows are set aside, then written again: killed when a part of them is there.
    const isBetween = (now: number) => now > size / 4 && now < size
    await expect.poll(async () => run.hasEnded || isBetween(await sizeOf('extended')), { interval: 1 }).toBe(true)
    run.child.kill('SIGKILL')
    await run.end
    await rm(join(folder, 'extended', 'evaluation.lock'), { recursive: true, force: true })
    await finish('extended', ...judged())
    for (const name of rowFiles) expect(await read('extended', name)).toBe(await read('unbroken', name))
    expect((await resultsOf('extended')).answers).toEqual((await resultsOf('unbroken')).answers)
  })

  it('the answers are those of the gateway, with the scores of /v1/score', async () => {
    await finish('whole')
    const { answers } = await resultsOf('whole')
    // aad, greedy-sft, best-of-n, a point of a sweep, and three samples
    expect(answers).toHaveLength(promptCount * 7)
    const [first] = answers
    const messages = [{ role: 'user', content: 'What is 0?' }]
    const decoding = { strategy: 'aad' }
    const answer = await post('/v1/chat/completions', { model: 'tiny', messages, max_tokens: 5, decoding })
    expect(first?.text).toBe(answer.choices?.[0]?.message.content)
    expect(first?.tokens).toBe(answer.usage.completion_tokens)
    const whole = [...messages, { role: 'assistant', content: first?.text }]
    for (const model of ['oracle', 'picker'] as const)
      expect(first?.[model]).toBe((await post('/v1/score', { model, messages: whole })).data?.[0]?.score)
  })

  it('reports in all forms, and again without a gateway', async () => {
    const output = await finish('reported', '--export', 'alpaca_eval', '--dataset-field', 'dataset')
    expect(output).toMatch(/method +set-0: R +set-0: W +set-0: tokens +set-1: R/)
    expect(output).toContain(`${promptCount} answers for alpaca_eval`)
    const page = await read('reported', 'report.html')
    expect(page).toContain('best-of-n n=2')
    await rm(join(folder, 'reported', 'report.html'))
    await finish('reported', '--report-only', '--compare', join(folder, 'reported'))
    expect(await read('reported', 'report.html')).toBe(page)
    expect(await read('reported', 'comparison/report.md')).toContain('Differences between the runs')
  })
})

describe('tandem evaluate with scales of the adapter', () => {
  const limit = 6
  const scaledFolder = 'adapter-scale-0.4'
  const swept = ['--strategies', 'aad,greedy-sft', '--sweep', 'aad adapter_scale=0.4,1']
  const scaledFiles = [...rowFiles.slice(0, 2), ...rowFiles.slice(0, 2).map((name) => join(scaledFolder, name))]
  const path = (name: string) => join(folder, name)

  // Batches of other sizes must not change the bits.
  beforeAll(() => writeFile(path('strict.yaml'), 'strict: true\n'))

  /** Starts the command with models of its own. */
  function startOwn(out: string, ...args: readonly string[]) {
    const lora = tinyFolder('llama-tied+lora')
    const models = ['--sft', tinyFolder('llama-tied'), '--dpo', lora, '--reward', `oracle=${path('oracle')}`]
    const fixed = ['evaluate', path('prompts.jsonl'), '--out', path(out), '--config', path('strict.yaml')]
    const questions = ['--oracle', 'oracle', '--max-tokens', '5', '--limit', String(limit)]
    return startCli([...fixed, ...models, ...questions, ...args], path('home'))
  }
  const textsOf = async (out: string, label: string) =>
    (await resultsOf(out)).answers.filter(({ strategy }) => strategy === label).map(({ text }) => text)
  const gatewayOf = async (out: string) =>
    manifestSchema.parse(JSON.parse(await read(out, 'answers.jsonl.manifest.json'))).settings.gateway

  it('has a row for each scale, with the answers of a pair that is served at it', async () => {
    const output = await finishCli(startOwn('swept', ...swept))
    expect(output).toContain('The adapter is applied at 0.4 of its own scale\n')
    expect(output).toContain(`swept, answers, ${scaledFolder}: ${limit}/${limit} rows`)
    const [whole, scaled] = [await textsOf('swept', 'aad'), await textsOf('swept', 'aad adapter_scale=0.4')]
    expect(scaled).toHaveLength(limit)
    expect(scaled).not.toEqual(whole)
    expect(await textsOf('swept', 'aad adapter_scale=1')).toEqual(whole)
    expect(await read('swept', 'sweeps.csv')).toMatch(/aad adapter_scale=0\.4,.*,adapter_scale,0\.4,/)
    expect(await read('swept', 'report.html')).toContain('llama-tied+lora at 0.4 of its own scale')

    await finishCli(startOwn('at-0.4', '--strategies', 'aad', '--adapter-scale', '0.4'))
    expect(await textsOf('at-0.4', 'aad')).toEqual(scaled)
    expect(await gatewayOf(`swept/${scaledFolder}`)).toEqual(await gatewayOf('at-0.4'))
    const scalesOf = async (out: string) => (await gatewayOf(out)).models.map((model) => model.adapter_scale)
    expect([await scalesOf('swept'), await scalesOf(`swept/${scaledFolder}`)]).toEqual([
      [1, null],
      [0.4, null],
    ])
  })

  it('killed within the answers at a scale and continued, its files are those of an unbroken run', async () => {
    const run = startOwn('killed', ...swept)
    const answers = path(`killed/${scaledFolder}/answers.jsonl`)
    const sizeNow = () =>
      stat(answers).then(
        ({ size }) => size,
        () => 0,
      )
    await expect.poll(async () => run.hasEnded || (await sizeNow()) > 0, { interval: 1 }).toBe(true)
    run.child.kill('SIGKILL')
    await run.end
    await expect(read('killed', 'results.json')).rejects.toThrow('ENOENT')
    await rm(path('killed/evaluation.lock'), { recursive: true, force: true })
    await finishCli(startOwn('killed', ...swept))
    for (const name of scaledFiles) expect(await read('killed', name)).toBe(await read('swept', name))
    expect({ ...(await resultsOf('killed')), createdAt: '' }).toEqual({ ...(await resultsOf('swept')), createdAt: '' })
  })

  it('is refused for a DPO model without an adapter, before anything is answered', async () => {
    const run = startOwn('refused', ...swept, '--dpo', tinyFolder('llama-tied'))
    expect((await run.end)[0]).toBe(1)
    expect(run.output).toContain('--adapter-scale is 1, but only a LoRA adapter has a scale')
    await expect(stat(path('refused/answers.jsonl'))).rejects.toThrow('ENOENT')
  })
})

const manifestSchema = z.object({
  settings: z.object({
    gateway: z.object({ models: z.array(z.looseObject({ adapter_scale: z.number().nullable() })) }),
  }),
})
const bodySchema = z.object({
  choices: z.array(z.object({ message: z.object({ content: z.string() }) })).optional(),
  data: z.array(z.object({ score: z.number() })).optional(),
  usage: z.object({ completion_tokens: z.int().optional() }),
})

async function post(path: string, body: object) {
  const headers = { 'content-type': 'application/json' }
  const response = await fetch(`${stack.url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
  return bodySchema.parse(await response.json())
}
