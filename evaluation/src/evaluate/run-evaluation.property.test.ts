import { appendFile, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { assert, asyncProperty, boolean, constantFrom, nat, uint8Array } from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { evaluationOptions, method, sweep } from '../testing/evaluation-options.js'
import { errorReply, type FakeGateway, startFakeGateway } from '../testing/fake-gateway.js'
import { type JudgeRule, longest, startFakeJudge } from '../testing/fake-judge.js'
import { useFolder } from '../testing/folder.js'
import { evaluationPaths } from './evaluation-paths.js'
import { defaultTemplate } from './judge/prompt/default-template.js'
import { runEvaluation } from './run-evaluation.js'

const folder = useFolder()
let gateway: FakeGateway
let judge: FakeGateway
beforeAll(async () => {
  gateway = await startFakeGateway({ rewardModels: ['oracle', 'picker'] })
  judge = await startFakeJudge(rule)
})
afterAll(() => Promise.all([gateway.stop(), judge.stop()]))

/** Some verdicts cannot be read, and some requests fail. */
const rule: JudgeRule = (shown, received) => {
  if (shown.message.includes('zwei')) return 'It is hard to tell.'
  return shown.message.includes('four') ? errorReply(400, { message: 'too long' }) : longest(shown, received)
}

const texts = ['one', 'refuse this', 'zwei 数', 'one', 'three\u2028', 'four']
const strategies = [method('aad'), method('greedy-sft'), method('best-of-n', { n: 2 }), sweep('aad', { alpha: 0.3 })]

let number = 0
async function prepare(concurrency = 3) {
  const path = join(folder(), 'prompts.txt')
  await writeFile(path, texts.join('\n'))
  const out = join(folder(), `run-${++number}`)
  const judged = { server: { url: judge.url }, model: 'judge', name: 'judge', template: defaultTemplate }
  const options = { strategies, samples: 3, picker: 'picker', judge: { ...judged, pairs: 'reference' as const } }
  return evaluationOptions(path, out, gateway.url, { ...options, concurrency })
}

it('continued from any byte of its files, also with garbage after it, the results are those of an unbroken run', () =>
  assert(
    asyncProperty(
      constantFrom('answers', 'oracle', 'picker', 'judgements'),
      nat(20_000),
      uint8Array({ maxLength: 30 }),
      boolean(),
      async (stage, at, garbage, hasLater) => {
        const options = await prepare()
        const paths = evaluationPaths(options.out)
        const [answers, oracle, picker] = [paths.answers, paths.scores('oracle'), paths.scores('picker')]
        const judgements = paths.judgements('judge')
        const files = [answers, oracle, picker, judgements, paths.results]
        await runEvaluation(options)
        const whole = await Promise.all(files.map((path) => readFile(path)))
        const broken = { answers, oracle, picker, judgements }[stage]
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

it('answers, scores and judgements are the same at any concurrency', async () => {
  const runs = []
  for (const concurrency of [1, 2, 16]) {
    const options = await prepare(concurrency)
    const paths = evaluationPaths(options.out)
    await runEvaluation(options)
    const files = [paths.answers, paths.scores('oracle'), paths.scores('picker'), paths.judgements('judge')]
    runs.push((await Promise.all(files.map((path) => readFile(path, 'utf8')))).join(''))
  }
  expect(new Set(runs).size).toBe(1)
})
