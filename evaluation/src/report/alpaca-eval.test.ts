import { expect, it } from 'vitest'
import { formatAlpacaEval, toAlpacaEval } from './alpaca-eval.js'
import { parseResults } from './results/parse-results.js'
import { smallResults } from './testing/small-results.js'

const prompt = (id: string, text: string) => ({ id, text, dataset: 'helpful_base' })
const resultsWith = (texts: readonly string[], change: object = {}) => {
  const input = smallResults({ AAD: texts.map(() => 1) })
  return parseResults({ ...input, prompts: texts.map((text, i) => prompt(`p${i}`, text)), ...change })
}

it('keeps instructions byte for byte, in the order of the prompts, as one JSON array', () => {
  const texts = [' leading space', 'trailing \n', 'é and e\u0301 and \u2028', '']
  const rows = JSON.parse(formatAlpacaEval(toAlpacaEval(resultsWith(texts), 'AAD')))
  expect(rows.map((row: { instruction: string }) => row.instruction)).toEqual(texts)
  expect(rows[0]).toEqual({
    dataset: 'helpful_base',
    instruction: ' leading space',
    output: 'AAD 0',
    generator: 'tiny AAD',
  })
})

it('exports the first of several samples', () => {
  const { answers } = resultsWith(['a'])
  const samples = [2, 0, 1].map((sample) => ({ ...answers[0], sample, text: `sample ${sample}` }))
  expect(toAlpacaEval(resultsWith(['a'], { answers: samples }), 'AAD')[0]?.output).toBe('sample 0')
})

it('exports answers that have no score', () => {
  const { answers } = resultsWith(['a'])
  const unscored = answers.map((answer) => ({ ...answer, oracle: null }))
  expect(toAlpacaEval(resultsWith(['a'], { answers: unscored }), 'AAD')).toHaveLength(1)
})

it.each([
  {
    case: 'repeated instructions',
    results: resultsWith(['a', 'b', 'a', 'a']),
    message: /^2 prompts repeat the text of another one, such as p2, p3: alpaca_eval joins rows by the text/,
  },
  {
    case: 'missing answers',
    results: resultsWith(['a', 'b'], { answers: resultsWith(['a']).answers }),
    message: /^1 of 2 prompts have no answer, such as p1: alpaca_eval would leave them out/,
  },
  {
    case: 'answers that are numbers only',
    results: resultsWith(['a'], { answers: resultsWith(['a']).answers.map((one) => ({ ...one, text: ' 12 ' })) }),
    message: 'All answers are numbers: alpaca_eval reads text only. Check the model',
  },
])('refuses $case', ({ results, message }) => {
  expect(() => toAlpacaEval(results, 'AAD')).toThrow(message)
})

it('names the strategies if it is asked for another one', () => {
  expect(() => toAlpacaEval(resultsWith(['a']), 'EFT')).toThrow('There is no strategy EFT: expected one of AAD')
})
