import { appendFile, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { assert, asyncProperty, boolean, constantFrom, nat, uint8Array } from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { evaluationOptions, method, sweep } from '../testing/evaluation-options.js'
import { type FakeGateway, startFakeGateway } from '../testing/fake-gateway.js'
import { useFolder } from '../testing/folder.js'
import { evaluationPaths } from './evaluation-paths.js'
import { runEvaluation } from './run-evaluation.js'

const folder = useFolder()
let gateway: FakeGateway
beforeAll(async () => {
  gateway = await startFakeGateway({ rewardModels: ['oracle', 'picker'] })
})
afterAll(() => gateway.stop())

const texts = ['one', 'refuse this', 'zwei 数', 'one', 'three\u2028', 'four']
const strategies = [method('aad'), method('best-of-n', { n: 2 }), sweep('aad', { alpha: 0.3 })]

let number = 0
async function prepare(concurrency = 3) {
  const path = join(folder(), 'prompts.txt')
  await writeFile(path, texts.join('\n'))
  const out = join(folder(), `run-${++number}`)
  return evaluationOptions(path, out, gateway.url, { strategies, samples: 3, picker: 'picker', concurrency })
}

it('continued from any byte of its files, also with garbage after it, the results are those of an unbroken run', () =>
  assert(
    asyncProperty(
      constantFrom('answers', 'oracle', 'picker'),
      nat(20_000),
      uint8Array({ maxLength: 30 }),
      boolean(),
      async (stage, at, garbage, hasLater) => {
        const options = await prepare()
        const paths = evaluationPaths(options.out)
        const [answers, oracle, picker] = [paths.answers, paths.scores('oracle'), paths.scores('picker')]
        const files = [answers, oracle, picker, paths.results]
        await runEvaluation(options)
        const whole = await Promise.all(files.map((path) => readFile(path)))
        const broken = { answers, oracle, picker }[stage]
        await truncate(broken, at % ((await readFile(broken)).length + 1))
        await appendFile(broken, garbage)
        // A process that was killed has not begun the later files. A loss of power can keep them.
        if (!hasLater) for (const path of files.slice(files.indexOf(broken) + 1)) await rm(path)
        await runEvaluation(options)
        expect(await Promise.all(files.map((path) => readFile(path)))).toEqual(whole)
      },
    ),
    { numRuns: 60, examples: [['answers', 0, new Uint8Array(), true]] },
  ))

it('whatever the concurrency, answers and scores are the same', async () => {
  const runs = []
  for (const concurrency of [1, 2, 16]) {
    const options = await prepare(concurrency)
    const paths = evaluationPaths(options.out)
    await runEvaluation(options)
    const files = [paths.answers, paths.scores('oracle'), paths.scores('picker')]
    runs.push((await Promise.all(files.map((path) => readFile(path, 'utf8')))).join(''))
  }
  expect(new Set(runs).size).toBe(1)
})
