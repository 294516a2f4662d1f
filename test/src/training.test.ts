import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { repositoryFolder, tinyFolder } from './support/fixtures.js'
import { waitUntilGone } from './support/processes.js'
import { runProgram } from './support/run-program.js'
import { startTandemUp, type TandemUp } from './support/tandem-up.js'
import { findTrainingPython } from './support/training-python.js'

/**
 * Trains tiny models with the recipes of training/ and serves them. Without a Python that has trl,
 * nothing is run.
 */
const found = await findTrainingPython()
if ('missing' in found) console.warn(`the training recipes are not run: ${found.missing}`)
const python = 'python' in found ? found.python : ''

const cwd = join(repositoryFolder, 'training')
const stopLimitMs = 60_000
const jsonHeaders = { 'content-type': 'application/json' }
const quick = [
  '--batch-size',
  '4',
  '--max-length',
  '200',
  '--max-steps',
  '2',
  '--warmup',
  '0',
  '--learning-rate',
  '1e-3',
]

/** Preference pairs as `tandem synthesize` writes them, with the columns that TRL ignores. */
const pairs = Array.from({ length: 40 }, (_, i) => ({
  prompt: [{ role: 'user', content: `question ${i}` }],
  chosen: [{ role: 'assistant', content: `the answer is ${i}` }],
  rejected: [{ role: 'assistant', content: `nothing ${i}` }],
  score_chosen: 1,
  score_rejected: i % 2 === 0 ? null : 0.5,
  meta: { strategy: 'aad' },
}))

describe.skipIf(python === '')('the training recipes', () => {
  let folder: string
  let up: TandemUp
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tandem-training-'))
    await writeFile(join(folder, 'pairs.jsonl'), pairs.map((row) => `${JSON.stringify(row)}\n`).join(''))
    const sft = join(folder, 'sft')
    await train('sft', 'sft', tinyFolder('llama-tied'), '--preset', 'cpu')
    await train('dpo', 'dpo', sft)
    await train('reward', 'oracle', tinyFolder('llama-tied'), '--part', 'oracle')
    const args = ['--sft', sft, '--dpo', join(folder, 'dpo'), '--reward', `oracle=${join(folder, 'oracle')}`]
    up = await startTandemUp(args, { TANDEM_HOME: join(folder, 'home') })
  })
  afterAll(async () => {
    const pids = up?.children().map(({ pid }) => pid) ?? []
    up?.process.kill('SIGINT')
    expect(await waitUntilGone(pids, stopLimitMs)).toEqual([])
    await rm(folder, { recursive: true, force: true })
  })

  async function train(command: string, name: string, model: string, ...args: readonly string[]): Promise<void> {
    const files = ['--model', model, '--data', join(folder, 'pairs.jsonl'), '--out', join(folder, name)]
    const all = ['-m', 'tandem_training', command, ...files, ...quick, ...args]
    const { code, stderr } = await runProgram(python, all, { cwd })
    if (code !== 0) throw new Error(`the training "${command}" ended with ${code}: ${stderr}`)
  }

  const post = async (path: string, body: object): Promise<unknown> => {
    const response = await fetch(up.url + path, { method: 'POST', headers: jsonHeaders, body: JSON.stringify(body) })
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
    return response.json()
  }

  test('the SFT model of a merged adapter is the base of DPO and the SFT model of the pair, and AAD answers', async () => {
    const messages = [{ role: 'user', content: 'question 3' }]
    const body = { model: up.model, max_tokens: 8, messages, decoding: { strategy: 'aad', detail: true } }
    const { choices } = detailSchema.parse(await post('/v1/chat/completions', body))
    const advantages = choices[0]?.decoding_detail.map(({ advantage }) => advantage) ?? []
    expect(advantages.length).toBeGreaterThan(0)
    // The training moved the model away from its reference.
    expect(Math.max(...advantages.map(Math.abs))).toBeGreaterThan(1e-4)
  })

  test('the reward model of two steps scores conversations', async () => {
    const conversations = pairs.slice(0, 4).map(({ prompt, chosen }) => [...prompt, ...chosen])
    const { data } = scoresSchema.parse(await post('/v1/score', { model: 'oracle', conversations }))
    expect(new Set(data.map(({ score }) => score)).size).toBe(4)
  })

  test('the card has the figures of the run', async () => {
    const card = await readFile(join(folder, 'oracle/README.md'), 'utf8')
    expect(card).toContain('| rows | 40 |')
    expect(card).toContain('| steps | 2 |')
    expect(card).toMatch(/\| accuracy on \d+ unseen rows \| [\d.]+ \(standard error [\d.]+\) \|/)
    expect(card).toContain('| trl | 1.13.0 |')
  })

  test('the tests in Python pass', async () => {
    const { code, stdout } = await runProgram(python, ['-m', 'pytest', '-q', '-p', 'no:cacheprovider'], { cwd })
    expect({ code, stdout }).toMatchObject({ code: 0 })
  })
})

const detailSchema = z.object({
  choices: z.array(z.object({ decoding_detail: z.array(z.object({ advantage: z.number() })) })),
})
const scoresSchema = z.object({ data: z.array(z.object({ score: z.number() })) })
