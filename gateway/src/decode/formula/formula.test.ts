import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Formula } from './formula.js'

const models = { dpo: -1, sft: -2, amateur: -4 }
const evaluateAt = (text: string) => {
  const one = Object.entries(models).map(([name, value]) => [name, Float64Array.of(value)] as const)
  return new Formula(text).evaluate(new Map(one))[0]
}

test.each([
  ['dpo + 1.5*(dpo - sft) - 0.3*amateur', -1 + 1.5 - 0.3 * -4],
  ['dpo', -1],
  ['  sft\n', -2],
  ['-dpo', 1],
  ['--dpo', -1],
  ['2 - 3 - dpo', 0],
  ['8 / 4 / sft', -1],
  ['2 + 3 * sft', -4],
  ['(2 + 3) * sft', -10],
  ['-sft * 2', 4],
  ['2 * -sft', 4],
  ['1e-3*amateur + .5 + 1.', -4e-3 + 1.5],
  ['2E+1*dpo', -20],
  ['min(dpo, sft)', -2],
  ['max(dpo, sft, amateur, -0.5)', -0.5],
  ['log(exp(dpo) + exp(sft))', Math.log(Math.exp(-1) + Math.exp(-2))],
])('%j', (text, value) => expect(evaluateAt(text)).toBeCloseTo(value, 14))

test('serializes to its text, and lists its models in its order with their positions', () => {
  const formula = new Formula('1.5*sft - (dpo+sft)')
  expect(JSON.stringify({ formula })).toBe('{"formula":"1.5*sft - (dpo+sft)"}')
  expect([...formula.models]).toEqual([
    ['sft', 5],
    ['dpo', 12],
  ])
})

const bad: readonly (readonly [string, string])[] = [
  ['', 'at character 1: expected a number, a model, a function or (, found the end'],
  ['dpo +', 'at character 6: expected a number, a model, a function or (, found the end'],
  ['dpo * / sft', 'at character 7: expected a number, a model, a function or (, found "/"'],
  ['2dpo', 'at character 2: expected an operator or the end, found "dpo"'],
  ['dpo sft', 'at character 5: expected an operator or the end, found "sft"'],
  ['(dpo', 'at character 5: expected an operator or ), found the end'],
  ['dpo)', 'at character 4: expected an operator or the end, found ")"'],
  ['dpo ^ 2', 'at character 5: found "^": expected numbers, names, + - * / ( ) or ,'],
  ['dpo − sft', 'at character 5: found "−": expected numbers, names, + - * / ( ) or ,'],
  ['1.5 + 2', 'at character 1: the formula names no model: use at least one, such as dpo'],
  ['dpo / 0', 'at character 5: this divides by zero; the divisor must not be the constant 0'],
  ['dpo/(1 - 1)', 'at character 4: this divides by zero; the divisor must not be the constant 0'],
  ['dpo + exp(1e3)', 'at character 7: this is Infinity: constants must be finite'],
  ['log(-1)*dpo', 'at character 1: this is NaN: constants must be finite'],
  ['1e999*dpo', 'at character 1: the number 1e999 is too large: expected at most 1.8e308'],
  ['dpo + max', 'at character 7: max is a function: write max(...)'],
  ['max(dpo)', 'at character 8: expected a comma: max needs at least two arguments, found ")"'],
  ['exp(dpo, sft)', 'at character 8: expected an operator or ), found ","'],
  ['sin(dpo)', 'at character 1: there is no function sin; use one of min, max, exp, log'],
  [
    'dpo - SFT',
    'at character 7: the model name SFT must be a lower-case letter and up to 31 lower-case letters, digits or _',
  ],
  ['x'.repeat(2_001), 'at character 2001: the formula has 2001 characters: expected at most 2000'],
  ['('.repeat(10_000), 'at character 2001: the formula has 10000 characters: expected at most 2000'],
  [`${'('.repeat(101)}dpo`, 'at character 102: the formula is nested more than 100 levels deep: use fewer parentheses'],
  [`${'-'.repeat(101)}dpo`, 'at character 102: the formula is nested more than 100 levels deep: use fewer parentheses'],
  [
    `dpo${'+1'.repeat(100)}`,
    'at character 202: the formula has more than 200 numbers, names and operations: use fewer',
  ],
]
const named = bad.map((one) => [one[0].slice(0, 40), ...one] as const)

test.each(named)('refuses "%s"', (_, text, message) => expect(() => new Formula(text)).toThrow(message))

test('any text gives a formula or an error with a position', () => {
  const words = fc.constantFrom(
    'dpo',
    'sft',
    'min',
    'exp',
    '(',
    ')',
    ',',
    '+',
    '-',
    '*',
    '/',
    '1',
    '0',
    '1e5',
    ' ',
    'é',
  )
  const property = fc.property(fc.array(words, { maxLength: 30 }), (parts) => {
    try {
      expect(new Formula(parts.join('')).models.size).toBeGreaterThan(0)
    } catch (error) {
      expect(String(error)).toMatch(/^FormulaError: at character \d+: /)
    }
  })
  fc.assert(property, { numRuns: 500 })
})

test('sums and products equal those of JavaScript', () => {
  const leaf = fc.constantFrom('dpo', 'sft', 'amateur', '3', '0.5')
  const { expression } = fc.letrec<{ expression: string }>((tie) => ({
    expression: fc.oneof(
      { maxDepth: 4 },
      leaf,
      fc
        .tuple(tie('expression'), fc.constantFrom('+', '-', '*'), tie('expression'))
        .map(([a, operation, b]) => `${a} ${operation} ${b}`),
      tie('expression').map((inside) => `(${inside})`),
      tie('expression').map((inside) => `-(${inside})`),
    ),
  }))
  const property = fc.property(expression, (text) => {
    const whole = `dpo + ${text}`
    const names = Object.keys(models)
    const expected: unknown = new Function(...names, `return ${whole}`)(...Object.values(models))
    expect(evaluateAt(whole)).toBeCloseTo(Number(expected), 6)
  })
  fc.assert(property, { numRuns: 200 })
})
