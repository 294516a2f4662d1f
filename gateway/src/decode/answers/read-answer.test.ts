import { expect, test } from 'vitest'
import { plainRequest } from '../../testing/generation-request.js'
import { readText } from '../../text/testing/fixtures.js'
import type { DecodeLoop } from '../loop/decode-loop.js'
import { noTime, type Token } from '../loop/token.js'
import { greedyDpo } from '../strategies/greedy.js'
import { bindTokenStrategy } from '../strategies/index.js'
import type { GenerationRequest } from './generation-request.js'
import { readAnswer } from './read-answer.js'

const text = readText('tokenizers/sentencepiece-first')
const id = [...Array(text.vocabularySize).keys()].find((one) => text.tokenName(one) === 'c') ?? -1
const request: GenerationRequest = {
  ...plainRequest,
  promptIds: [5],
  strategy: bindTokenStrategy(greedyDpo, {}),
  vocabularySize: text.vocabularySize,
  maxTokens: 3,
}

const token: Token = {
  id,
  logprob: null,
  top: [],
  detail: null,
  choice: { candidateCount: null, advantage: null, isDraft: true },
  timing: { ...noTime, startMs: 0, endMs: 0 },
}

test('sends the next step before it yields the tokens of the last one', async () => {
  const log: string[] = []
  let step = 0
  const loop: DecodeLoop = {
    next: async () => {
      const sent = `sent ${++step}`
      // As StepSender sends its messages.
      queueMicrotask(() => process.nextTick(() => log.push(sent)))
      return [token]
    },
  }
  let count = 0
  for await (const _ of readAnswer(loop, { text }, request)) log.push(`delta ${++count}`)
  expect(log).toEqual(['sent 1', 'sent 2', 'delta 1', 'sent 3', 'delta 2', 'delta 3'])
})
