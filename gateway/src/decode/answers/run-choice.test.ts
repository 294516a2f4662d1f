import { expect, test } from 'vitest'
import { plainRequest } from '../../testing/generation-request.js'
import { type ToyModel, ToySession, ToySessionSet } from '../../testing/toy-session.js'
import { readText } from '../../text/testing/fixtures.js'
import { bestOfN } from '../strategies/best-of-n.js'
import type { BoundStrategy } from '../strategies/bound-strategy.js'
import { bindChoiceStrategy } from '../strategies/choice-strategy.js'
import { randomOfN } from '../strategies/random-of-n.js'
import { ActiveAnswers } from './active-answers.js'
import { collectAnswers } from './collect-answers.js'
import { generate } from './generate.js'
import type { Answer } from './generation-event.js'
import type { GenerationRequest, Judge } from './generation-request.js'

const text = readText('tokenizers/sentencepiece-first')
const even: ToyModel = () => new Float32Array(text.vocabularySize)

async function run(strategy: BoundStrategy, judge: Judge | null, set = new ToySessionSet(() => new ToySession(even))) {
  const context = { open: async () => set, text, activeAnswers: new ActiveAnswers(), sharesDevice: () => false }
  const request: GenerationRequest = {
    ...plainRequest,
    promptIds: [5, 6],
    strategy,
    vocabularySize: text.vocabularySize,
    maxTokens: 3,
    detail: true,
    judge,
  }
  const { answers, report } = await collectAnswers(generate(context, request, new AbortController().signal), 1)
  return { answer: answers[0], report }
}

const best = (parameters: object = {}) =>
  bindChoiceStrategy(bestOfN, bestOfN.parameters.parse({ n: 4, seed: 1, ...parameters }))

test('chooses the highest reward, on ties the first, and reports all candidates in their order', async () => {
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

test('chooses the highest reward if all are below zero', async () => {
  const { report } = await run(best({ n: 2 }), async () => [-3, -2])
  expect(report?.candidates.map(({ isChosen }) => isChosen)).toEqual([false, true])
})

test('closes the sessions before it asks the judge', async () => {
  const set = new ToySessionSet(() => new ToySession(even))
  let isClosed = false
  const judge: Judge = async () => {
    isClosed = set.isClosed
    return [1, 0, 0, 0]
  }
  await run(best(), judge, set)
  expect(isClosed).toBe(true)
})

const idsOf = (answer: Answer | undefined) => answer?.tokens.map(({ id }) => id)

test('random-of-n returns the same sample for the same seed', async () => {
  const one = bindChoiceStrategy(randomOfN, randomOfN.parameters.parse({ n: 4, seed: 9 }))
  const [first, second] = [await run(one, null), await run(one, null)]
  expect(idsOf(first.answer)).toEqual(idsOf(second.answer))
  expect(first.report?.candidates.filter(({ isChosen }) => isChosen).map(({ answer }) => answer)).toEqual([
    first.answer,
  ])
})
