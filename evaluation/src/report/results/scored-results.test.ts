import { expect, it } from 'vitest'
import { smallResults } from '../testing/small-results.js'
import { describeMissing } from './missing-answers.js'
import { parseResults } from './parse-results.js'
import { ScoredResults } from './scored-results.js'

const scored = (scores: Parameters<typeof smallResults>[0]) => new ScoredResults(parseResults(smallResults(scores)))

it('pairs strategies on the prompts that both have scores for', () => {
  const results = scored({ AAD: [3, 2, null, 5], Greedy: [1, 2, 4] })
  const [aad, greedy] = results.strategies('tiny', 'method')
  if (!aad || !greedy) throw new Error('expected two methods')
  const paired = results.paired(aad, greedy, 'toy')
  expect(paired).toEqual({ prompts: ['p0', 'p1'], first: [3, 2], second: [1, 2], outcomes: [1, 0.5] })
  expect(results.scores(aad, 'toy').map(({ tokens }) => tokens)).toEqual([10, 20, 40])
  expect(results.paired(aad, greedy, 'other').prompts).toEqual([])
})

it('averages the samples of a prompt, and compares each with each', () => {
  const input = smallResults({ AAD: [2], Greedy: [2] })
  const more = [
    { prompt: 'p0', strategy: 'Greedy', sample: 1, text: '', tokens: 30, oracle: 0 },
    { prompt: 'p0', strategy: 'Greedy', sample: 2, text: '', tokens: 20, oracle: 4 },
  ]
  const results = new ScoredResults(parseResults({ ...input, answers: [...input.answers, ...more] }))
  const [aad, greedy] = results.strategies('tiny', 'method')
  if (!aad || !greedy) throw new Error('expected two methods')
  expect(results.scores(greedy, 'toy')[0]).toMatchObject({ oracle: 2, tokens: 20 })
  // 2 against 2, 0 and 4: a tie, a win and a loss.
  expect(results.paired(aad, greedy, 'toy').outcomes).toEqual([0.5])
})

it('says which answers are missing', () => {
  expect(describeMissing(scored({ AAD: [1, 1, 1, 1, 1, 1, 1], Greedy: [1] }))).toEqual([
    'Greedy (tiny) has no scored answer to 6 of 7 prompts of toy: p1, p2, p3, p4, p5, .... ' +
      'Comparisons leave these prompts out.',
  ])
  expect(describeMissing(scored({ AAD: [1], Greedy: [1] }))).toEqual([])
})
