import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { repositoryFolder } from './support/fixtures.js'
import { type ProgramEnd, runProgram } from './support/run-program.js'
import { findTrainingPython } from './support/training-python.js'

/**
 * Runs `npm run reproduce`, as `npm run build` made it. Without a Python that has trl, nothing is
 * run.
 */
const found = await findTrainingPython()
if ('missing' in found) console.warn(`the paper is not reproduced in small: ${found.missing}`)

/** The run takes 4 minutes on 2 quiet cores. */
const limitMs = 3_600_000
const program = join(repositoryFolder, 'bench/dist/reproduce/main.js')
const prefix = join(tmpdir(), 'tandem-reproduce-')

describe.skipIf('missing' in found)('npm run reproduce', () => {
  let folder: string
  let first: ProgramEnd
  beforeAll(async () => {
    folder = await mkdtemp(prefix)
    first = await reproduce()
    if (first.code !== 0) throw new Error(`the run ended with ${first.code}, expected 0: ${first.stderr}`)
  }, limitMs)
  afterAll(() => rm(folder, { recursive: true, force: true }))

  const path = (...names: readonly string[]) => join(folder, 'run', ...names)
  const reproduce = () => runProgram(process.execPath, [program, '--out', path()], { limitMs })
  const results = async (name: string) =>
    resultsSchema.parse(JSON.parse(await readFile(path(name, 'results.json'), 'utf8')))
  const rows = async (name: string) =>
    (await readFile(path(name), 'utf8'))
      .split('\n')
      .slice(0, -1)
      .map((line) => pairSchema.parse(JSON.parse(line)))

  test('DPO and AAD have a greater reward than the SFT model, by an oracle that is right', async () => {
    const { answers, heldOut } = await results('methods')
    const reward = (strategy: string) => mean(answers.filter((answer) => answer.strategy === strategy))
    expect(reward('greedy-dpo')).toBeGreaterThan(reward('greedy-sft'))
    expect(reward('aad')).toBeGreaterThan(reward('greedy-sft'))
    const pairs = heldOut.find(({ rewardModel }) => rewardModel === 'oracle')?.pairs ?? []
    expect(pairs.length).toBeGreaterThan(50)
    expect(pairs.filter(({ chosen, rejected }) => chosen > rejected).length / pairs.length).toBeGreaterThanOrEqual(0.85)
  })

  test('the summary has the methods of the paper, and each round next to round 0', () => {
    const methods = [
      'greedy-sft',
      'greedy-dpo',
      'best-of-n n=2',
      'eft',
      'contrastive amateur=amateur',
      'aad-beam',
      'aad',
    ]
    for (const method of methods) expect(first.stdout).toMatch(new RegExp(`^\\| ${method} \\| −?\\d+\\.\\d\\d `, 'm'))
    for (const round of ['round-1', 'round-1-prime', 'round-2']) {
      const [, table = ''] = first.stdout.split(`## ${round} against round-0\n`)
      expect(table.split('\n## ')[0]).toMatch(/^\| aad \| tiny \| evaluation \| \d+ \|/m)
    }
  })

  test('the rounds are trained on pairs of tandem synthesize, and round 2 keeps the rejected answers', async () => {
    const [one, two] = [await rows('rounds/pairs-1.jsonl'), await rows('rounds/pairs-2.jsonl')]
    const rejected = new Map(one.map((row) => [JSON.stringify(row.prompt), row.rejected]))
    expect(two.length).toBeGreaterThan(20)
    for (const row of two) expect(row.rejected).toEqual(rejected.get(JSON.stringify(row.prompt)))
    expect(two.map(({ chosen }) => chosen)).not.toEqual(one.map(({ chosen }) => chosen))
  })

  test('round 0 is the DPO model that tandem-train dpo made: equal commands make equal bytes', async () => {
    const name = 'adapter_model.safetensors'
    expect(await readFile(path('rounds/round-0', name))).toEqual(await readFile(path('dpo', name)))
  })

  test('a second run makes only the report again whose page is missing, and shows the same', async () => {
    // As a kill leaves it after the other files of the report.
    await rm(path('methods/report.html'))
    const second = await reproduce()
    const complete = String.raw`(\d+/15 [\w-]+: is complete\n)`
    expect(second.stderr).toMatch(new RegExp(String.raw`^${complete}{7}8/15 methods: \d+ s\n${complete}{7}$`))
    expect(second.stdout).toBe(first.stdout)
  })
})

const mean = (answers: readonly { readonly oracle: number }[]): number =>
  answers.reduce((sum, { oracle }) => sum + oracle, 0) / answers.length

const pairSchema = z.object({ prompt: z.unknown(), chosen: z.unknown(), rejected: z.unknown() })
const resultsSchema = z.object({
  answers: z.array(z.object({ strategy: z.string(), oracle: z.number() })),
  heldOut: z.array(
    z.object({ rewardModel: z.string(), pairs: z.array(z.object({ chosen: z.number(), rejected: z.number() })) }),
  ),
})
