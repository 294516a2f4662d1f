import { readFile, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openPromptFile } from '../../prompts/index.js'
import { parseResults } from '../../report/index.js'
import { evaluationOptions } from '../../testing/evaluation-options.js'
import { errorReply, type FakeGateway, type Received, startFakeGateway } from '../../testing/fake-gateway.js'
import { useFolder } from '../../testing/folder.js'
import { evaluationPaths } from '../evaluation-paths.js'
import { makeReport } from '../report/make-report.js'
import { runEvaluation } from '../run-evaluation.js'

const folder = useFolder()
let gateway: FakeGateway
beforeAll(async () => {
  gateway = await startFakeGateway({ rewardModels: ['oracle', 'picker'], intercept: lengths })
})
afterAll(() => gateway.stop())

/** Scores of pairs are the lengths of their last messages; a long one is refused. */
function lengths({ body }: Received) {
  const conversations = body.conversations as { content: string }[][] | undefined
  if (!conversations) return undefined
  const scores = conversations.map((messages) => messages.at(-1)?.content.length ?? 0)
  if (scores.some((score) => score > 20)) return errorReply(400, { message: 'too long', param: 'conversations' })
  return { status: 200, text: JSON.stringify({ data: scores.map((score, index) => ({ index, score })) }) }
}

const said = (role: string, content: string) => [{ role, content }]
const pair = (chosen: string, rejected: string) => {
  const sides = { chosen: said('assistant', chosen), rejected: said('assistant', rejected) }
  return { prompt: said('user', 'Hi'), ...sides, score_chosen: 1 }
}

let number = 0
async function prepare(rows: readonly object[]) {
  const [prompts, pairs] = [join(folder(), 'asked.txt'), join(folder(), `pairs-${++number}.jsonl`)]
  await writeFile(prompts, 'Hi\nHo\n')
  await writeFile(pairs, rows.map((row) => `${JSON.stringify(row)}\n`).join(''))
  const heldOut = await openPromptFile(pairs, new AbortController().signal)
  return evaluationOptions(prompts, join(folder(), `run-${number}`), gateway.url, { heldOut, picker: 'picker' })
}

it('both sides are scored in one request, and the report has the accuracy of each reward model', async () => {
  const options = await prepare([
    pair('long', 'no'),
    pair('no', 'long'),
    pair('same', 'four'),
    pair('x'.repeat(30), ''),
  ])
  const results = parseResults(JSON.parse(await readFile(await runEvaluation(options), 'utf8')))
  const pairs = [
    { chosen: 4, rejected: 2 },
    { chosen: 2, rejected: 4 },
    { chosen: 4, rejected: 4 },
  ]
  const dataset = `pairs-${number}`
  expect(results.heldOut).toEqual(['oracle', 'picker'].map((rewardModel) => ({ rewardModel, dataset, pairs })))
  await makeReport(options.out, { compare: null, combine: [], exportFor: null }, options.signal)
  expect(await readFile(join(options.out, 'reward-models.csv'), 'utf8')).toMatch(/^picker,pairs-1,3,0\.5,/m)
})

it('continues after a kill', async () => {
  const options = await prepare([pair('long', 'no'), pair('no', 'long')])
  await runEvaluation(options)
  const path = evaluationPaths(options.out).heldOut('oracle')
  const whole = await readFile(path)
  await truncate(path, whole.length - 3)
  const before = gateway.received.length
  await runEvaluation(options)
  expect(await readFile(path)).toEqual(whole)
  expect(gateway.received.length - before).toBe(1)
})

it.each([
  [{ prompt: said('user', 'Hi'), chosen: said('assistant', 'x') }, 'pair 1: rejected is missing'],
  [{ prompt: 'Once', chosen: 'x', rejected: 'y' }, 'pair 1 is of texts, and a reward model needs conversations'],
])('refuses %j', async (row, message) => {
  await expect(runEvaluation(await prepare([row]))).rejects.toThrow(message)
})
