import { expect, test } from 'vitest'
import { type ToyModel, ToySession, ToySessionSet } from '../../testing/toy-session.js'
import { readText } from '../../text/testing/fixtures.js'
import { collectAnswers } from './collect-answers.js'
import { Crowd } from './active-answers.js'
import { generate } from './generate.js'
import type { GenerationRequest, Judge } from './generation-request.js'
import { bestOfN } from '../strategies/best-of-n.js'
import { bindChoice } from '../strategies/choice-strategy.js'
import type { Method } from '../strategies/bound-strategy.js'
import { randomOfN } from '../strategies/random-of-n.js'

const text = readText('tokenizers/sentencepiece-first')
const even: ToyModel = () => new Float32Array(text.vocabularySize)

async function run(method: Method, judge: Judge | null, set = new ToySessionSet(() => new ToySession(even))) {
  const context = { open: async () => set, text, crowd: new Crowd(), sharesDevice: () => false }
  const request: GenerationRequest = {
    promptIds: [5, 6],
    method,
    path: 'auto',
    vocabularySize: text.vocabularySize,
    maxTokens: 3,
    minTokens: 0,
    adjustments: null,
    endTokenIds: [],
    ignoresEndTokens: false,
    stopTokenIds: new Set(),
    eosTokenIds: new Set(),
    topLogprobs: null,
    promptLogprobs: null,
    detail: true,
    stops: [],
    includesStop: false,
    skipsSpecialTokens: true,
    answerCount: 1,
    judge,
  }
  const { answers, report } = await collectAnswers(generate(context, request, new AbortController().signal), 1)
  return { answer: answers[0], report }
}

const best = (parameters: object = {}) =>
  bindChoice(bestOfN, bestOfN.parameters.parse({ n: 4, seed: 1, ...parameters }))

test('the highest reward wins, ties the first; all candidates are told in their order', async () => {
  const asked: string[][] = []
  const { answer, report } = await run(best(), async (answers) => {
    asked.push([...answers])
    return [0.5, 2, -1, 2]
  })
  expect(asked).toEqual([report?.candidates.map((candidate) => candidate.answer.text)])
  expect(report?.candidates.map(({ score, isChosen }) => [score, isChosen])).toEqual([
    [0.5, false],
    [2, true],
    [-1, false],
    [2, false],
  ])
  expect(answer).toEqual(report?.candidates[1]?.answer)
  expect(report?.generatedTokens).toBe(12)
})

test('rewards may all be below zero', async () => {
  const { report } = await run(best({ n: 2 }), async () => [-3, -2])
  expect(report?.candidates.map(({ isChosen }) => isChosen)).toEqual([false, true])
})

test('the sequences are free when the judge is asked', async () => {
  const set = new ToySessionSet(() => new ToySession(even))
  let isFree = false
  const judge: Judge = async () => {
    isFree = set.isClosed
    return [1, 0, 0, 0]
  }
  await run(best(), judge, set)
  expect(isFree).toBe(true)
})

test('random-of-n takes any of them alike, and the same for a seed', async () => {
  const counts = [0, 0, 0, 0]
  for (let seed = 0; seed < 200; seed++) {
    const { chooser } = bindChoice(randomOfN, randomOfN.parameters.parse({ n: 4, seed }))
    if (chooser.by === 'seed') counts[chooser.index] = (counts[chooser.index] ?? 0) + 1
  }
  expect(Math.min(...counts)).toBeGreaterThan(30)
  const one = bindChoice(randomOfN, randomOfN.parameters.parse({ n: 4, seed: 9 }))
  const [first, second] = [await run(one, null), await run(one, null)]
  expect(first.answer).toEqual(second.answer)
  expect(first.report?.candidates.filter(({ isChosen }) => isChosen).map(({ answer }) => answer)).toEqual([
    first.answer,
  ])
})
