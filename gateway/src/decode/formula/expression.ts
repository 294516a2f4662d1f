import { FormulaError } from './formula-error.js'

/** Operations on one or two numbers. */
const operations = {
  add: (a: number, b: number) => a + b,
  subtract: (a: number, b: number) => a - b,
  multiply: (a: number, b: number) => a * b,
  divide: (a: number, b: number) => a / b,
  min: (a: number, b: number) => Math.min(a, b),
  max: (a: number, b: number) => Math.max(a, b),
  negate: (a: number) => -a,
  exp: (a: number) => Math.exp(a),
  log: (a: number) => Math.log(a),
}

/** The name of an operation. */
export type Operation = keyof typeof operations

/** A parsed formula: constants, log-probabilities of models, and operations on them. */
export type Expression =
  | { readonly kind: 'constant'; readonly value: number }
  | { readonly kind: 'model'; readonly name: string }
  | { readonly kind: 'operation'; readonly operation: Operation; readonly a: Expression; readonly b: Expression }

/**
 * Creates an operation on expressions. Operations on constants are evaluated at once.
 * @param b the second operand; for an operation on one number, the same as `a`
 * @param position character of the operation, for errors
 * @throws FormulaError if it divides by the constant zero or gives a constant that is not finite
 */
export function operate(operation: Operation, a: Expression, b: Expression, position: number): Expression {
  if (operation === 'divide' && b.kind === 'constant' && b.value === 0)
    throw new FormulaError(position, 'this divides by zero; the divisor must not be the constant 0')
  if (a.kind !== 'constant' || b.kind !== 'constant') return { kind: 'operation', operation, a, b }
  const value = operations[operation](a.value, b.value)
  if (!Number.isFinite(value)) throw new FormulaError(position, `this is ${value}: constants must be finite`)
  return { kind: 'constant', value }
}

/**
 * Evaluates an expression for each token.
 * @param models log-probabilities by model name; all arrays have the same length
 */
export function evaluate(expression: Expression, models: ReadonlyMap<string, Float64Array>): Float64Array {
  const [length = 0] = [...models.values()].map((values) => values.length)
  switch (expression.kind) {
    case 'constant':
      return new Float64Array(length).fill(expression.value)
    case 'model':
      return models.get(expression.name) ?? new Float64Array(length).fill(Number.NaN)
    case 'operation': {
      const run = operations[expression.operation]
      const a = evaluate(expression.a, models)
      const b = expression.b === expression.a ? a : evaluate(expression.b, models)
      return a.map((value, i) => run(value, b[i] ?? Number.NaN))
    }
  }
}
