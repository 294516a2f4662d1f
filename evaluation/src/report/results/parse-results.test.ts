import { expect, it } from 'vitest'
import { smallResults } from '../testing/small-results.js'
import { parseResults } from './parse-results.js'
import { ReportError } from './report-error.js'

const small = () => smallResults({ AAD: [1, 2], Greedy: [0, null] })

it('fills in defaults', () => {
  const results = parseResults(small())
  expect(results).toMatchObject({ picker: null, baseline: null, judgements: [], heldOut: [], facts: {} })
  expect(results.answers[0]).toMatchObject({ sample: 0, picker: null })
  expect(results.strategies[0]?.role).toBe('method')
})

it.each([
  { change: { title: '' }, message: /^title is "": expected a string of 1 to 200 characters/ },
  { change: { colour: 1 }, message: /^The file of results has no key "colour"; expected one of: format, title,/ },
  { change: { prompts: [] }, message: /^prompts/ },
  { change: { reference: 'EFT' }, message: 'reference is "EFT": expected the label of a method: AAD, Greedy' },
  { change: { baseline: 'EFT' }, message: 'baseline is "EFT": expected the label of a method: AAD, Greedy' },
  {
    change: { answers: [{ prompt: 'p9', strategy: 'AAD', text: '', tokens: 1, oracle: 1 }] },
    message: 'The prompt p9 has answers or judgements, but is not described: expected it in the list',
  },
  {
    change: { answers: [{ prompt: 'p0', strategy: 'EFT', text: '', tokens: 1, oracle: 1 }] },
    message: 'The strategy EFT has answers or judgements, but is not described: expected it in the list',
  },
  {
    change: { answers: [{ prompt: 'p0', strategy: 'AAD', text: '', tokens: 1, oracle: Number.NaN }] },
    message: /^answers\.0\.oracle is not a number: expected a number/,
  },
  {
    change: { judgements: [{ prompt: 'p0', first: 'AAD', second: 'Greedy', score: 2 }] },
    message: /^judgements\.0\.score is 2: expected a number from 0 to 1/,
  },
])('refuses %o', ({ change, message }) => {
  expect(() => parseResults({ ...small(), ...change })).toThrow(ReportError)
  expect(() => parseResults({ ...small(), ...change })).toThrow(message)
})

it('refuses results that name something twice', () => {
  const results = small()
  const twice = { ...results, answers: [...results.answers, ...results.answers.slice(0, 1)] }
  expect(() => parseResults(twice)).toThrow('Strategy AAD has two answers to prompt p0, sample 0: expected one')
  const [prompt] = results.prompts
  expect(() => parseResults({ ...results, prompts: [prompt, prompt] })).toThrow('prompts has the id p0 twice')
  const strategies = results.strategies.map((strategy) => ({ ...strategy, label: 'AAD' }))
  expect(() => parseResults({ ...results, strategies })).toThrow('The pair tiny has two strategies with the label AAD')
})
