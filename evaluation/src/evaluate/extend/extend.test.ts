import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { parseResults } from '../../report/index.js'
import { evaluationOptions, method, sweep } from '../../testing/evaluation-options.js'
import { type FakeGateway, startFakeGateway } from '../../testing/fake-gateway.js'
import { useFolder } from '../../testing/folder.js'
import { evaluationPaths } from '../evaluation-paths.js'
import type { EvaluationOptions } from '../index.js'
import { runEvaluation } from '../run-evaluation.js'

const folder = useFolder()
let gateway: FakeGateway
beforeAll(async () => {
  gateway = await startFakeGateway({ rewardModels: ['oracle', 'picker'] })
})
afterAll(() => gateway.stop())

const texts = ['one', 'refuse this', 'zwei 数', 'three\u2028', 'four']
const aad = { strategies: [method('aad'), method('greedy-sft')] }
const more = { strategies: [...aad.strategies, method('best-of-n', { n: 2 }), sweep('aad', { alpha: 0.3 })] }

let number = 0
async function prepare(changes: Partial<EvaluationOptions>) {
  const path = join(folder(), 'prompts.txt')
  await writeFile(path, texts.join('\n'))
  return evaluationOptions(path, join(folder(), `run-${++number}`), gateway.url, { picker: 'picker', ...changes })
}

/** The files of rows and the results, without what differs between two runs. */
async function filesOf({ out }: EvaluationOptions) {
  const { answers, scores, results } = evaluationPaths(out)
  const rows = [answers, scores('oracle'), scores('picker')].map((path) => readFile(path, 'utf8'))
  const found = parseResults(JSON.parse(await readFile(results, 'utf8')))
  return [...(await Promise.all(rows)), JSON.stringify({ ...found, createdAt: '' })]
}

/** How many requests a run sends, by the path. */
async function requestsOf(options: EvaluationOptions) {
  const before = gateway.received.length
  await runEvaluation(options)
  const paths = gateway.received.slice(before).map(({ path }) => path)
  return { answers: paths.filter((path) => path !== '/v1/score').length, all: paths.length }
}

it('asks only for added strategies and samples, and the files are those of a run with all', async () => {
  const whole = await prepare({ ...more, samples: 3 })
  const all = await requestsOf(whole)
  const options = await prepare(aad)
  const first = await requestsOf(options)
  const second = await requestsOf({ ...options, ...more })
  const third = await requestsOf({ ...options, ...more, samples: 3 })
  expect([first.answers, second.answers, third.answers]).toEqual([2, 3, 1].map((each) => each * texts.length))
  expect(first.all + second.all + third.all).toBe(all.all)
  expect(await filesOf(options)).toEqual(await filesOf(whole))
  expect((await readdir(options.out)).filter((name) => name.includes('earlier'))).toEqual([])
  // It remembers when the first run began.
  const manifest = JSON.parse(await readFile(`${evaluationPaths(options.out).answers}.manifest.json`, 'utf8'))
  expect(manifest.runs).toHaveLength(3)
})

it('keeps the answers of other strategies, wherever the new one is named', async () => {
  const options = await prepare(aad)
  const before = parseResults(JSON.parse(await readFile(await runEvaluation(options), 'utf8')))
  const added = { ...options, strategies: [method('greedy-dpo'), ...aad.strategies.toReversed()] }
  expect((await requestsOf(added)).answers).toBe(texts.length)
  const after = parseResults(JSON.parse(await readFile(evaluationPaths(options.out).results, 'utf8')))
  expect(after.strategies.map(({ id }) => id)).toEqual(['greedy-dpo', 'greedy-sft', 'aad'])
  for (const { id } of before.strategies)
    expect(after.answers.filter(({ strategy }) => strategy === id)).toEqual(
      before.answers.filter(({ strategy }) => strategy === id),
    )
})

it('ended at any row of an extension and run again, its files are those of a run with all', async () => {
  const whole = await prepare({ ...more, samples: 3 })
  await runEvaluation(whole)
  const expected = await filesOf(whole)
  for (const stage of ['answers', 'scores by the oracle', 'scores by the picker'])
    for (const rows of [0, 1, 7, 16]) {
      const options = await prepare(aad)
      await runEvaluation(options)
      const larger = { ...options, ...more, samples: 3 }
      const ending = new AbortController()
      const onCounts: EvaluationOptions['onCounts'] = (at, counts) => {
        if (at === stage && counts.rows === rows) ending.abort(new Error('ended'))
      }
      await expect(runEvaluation({ ...larger, onCounts, signal: ending.signal })).rejects.toThrow('ended')
      await runEvaluation(larger)
      expect(await filesOf(options)).toEqual(expected)
    }
})

it('refuses fewer strategies, and more of them while rows are set aside', async () => {
  const options = await prepare(aad)
  await runEvaluation(options)
  const ending = new AbortController()
  const onCounts = () => ending.abort(new Error('ended'))
  const larger = { ...options, ...more }
  await expect(runEvaluation({ ...options, strategies: [method('aad')] })).rejects.toThrow(
    'was started with other settings: pools.1',
  )
  await expect(runEvaluation({ ...options, ...more, seed: 8 })).rejects.toThrow('was started with other settings')
  let written = 0
  const later: EvaluationOptions['onCounts'] = () => ++written === 3 && onCounts()
  await expect(runEvaluation({ ...larger, onCounts: later, signal: ending.signal })).rejects.toThrow('ended')
  await expect(runEvaluation({ ...larger, samples: 5 })).rejects.toThrow(
    /answers\.earlier\.jsonl has rows of an unfinished extension of .*answers\.jsonl: run the last command again/,
  )
  await runEvaluation(larger)
})
