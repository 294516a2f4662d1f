import { getAttribute, getItem } from '../access/access.js'
import { sliceOf } from '../access/sequence.js'
import { compute, computeSign, concatenate } from '../operators/arithmetic.js'
import type { Expression } from '../syntax/nodes.js'
import { Dict } from '../values/dict.js'
import { compare, contains, equals, isTrue } from '../values/operations.js'
import { Tuple, Undefined, type Value } from '../values/value.js'
import { costs, spend } from '../work.js'
import { callValue, compileArguments } from './call.js'
import { assertSupportedCall, compileFilter, compileTest } from './compile-filter.js'
import type { Compiler, Evaluate, Frame } from './frame.js'
import { refOf } from './frame.js'

type Compile<Kind extends Expression['kind']> = (
  node: Extract<Expression, { kind: Kind }>,
  frame: Frame,
  compiler: Compiler,
) => Evaluate

const compilers: { readonly [Kind in Expression['kind']]: Compile<Kind> } = {
  constant:
    ({ value }) =>
    () =>
      value,
  load: ({ name }, frame) => {
    const ref = refOf(frame, name)
    return (scope) => scope.load(ref)
  },
  list: (node, frame, compiler) => {
    const items = compileAll(node.items, frame, compiler)
    return (scope) => {
      spend(costs.value)
      return items.map((item) => item(scope))
    }
  },
  tuple: (node, frame, compiler) => {
    const items = compileAll(node.items, frame, compiler)
    return (scope) => new Tuple(items.map((item) => item(scope)))
  },
  dict: (node, frame, compiler) => {
    const items = node.items.map((pair) => compileAll(pair, frame, compiler))
    return (scope) => new Dict(items.map(([key, value]) => [key?.(scope) ?? null, value?.(scope) ?? null] as const))
  },
  member: (node, frame, compiler) => {
    const object = compiler.expression(node.object, frame)
    return (scope) => getAttribute(object(scope), node.name)
  },
  item: (node, frame, compiler) => {
    const [object, index] = [compiler.expression(node.object, frame), compiler.expression(node.index, frame)]
    return (scope) => getItem(object(scope), index(scope))
  },
  slice: compileSlice,
  call: (node, frame, compiler) => {
    assertSupportedCall(node)
    const callee = compiler.expression(node.callee, frame)
    const args = compileArguments(node.args, frame, compiler)
    return (scope) => {
      const called = callee(scope)
      return callValue(called, args(scope))
    }
  },
  filter: compileFilter,
  test: compileTest,
  binary: (node, frame, compiler) => {
    const [left, right] = [compiler.expression(node.left, frame), compiler.expression(node.right, frame)]
    return (scope) => compute(node.operator, left(scope), right(scope))
  },
  and: (node, frame, compiler) => compileLogic(node, frame, compiler),
  or: (node, frame, compiler) => compileLogic(node, frame, compiler),
  not: (node, frame, compiler) => {
    const operand = compiler.expression(node.operand, frame)
    return (scope) => !isTrue(operand(scope))
  },
  negative: (node, frame, compiler) => compileSign('-', node.operand, frame, compiler),
  positive: (node, frame, compiler) => compileSign('+', node.operand, frame, compiler),
  concat: (node, frame, compiler) => {
    const parts = compileAll(node.parts, frame, compiler)
    return (scope) => concatenate(parts.map((part) => part(scope)))
  },
  compare: compileComparison,
  condition: compileConditional,
}

/** Compiles an expression. Its evaluation counts as work. */
export function compileExpression(expression: Expression, frame: Frame, compiler: Compiler): Evaluate {
  const compile = compilers[expression.kind] as Compile<Expression['kind']>
  const evaluate = compile(expression as never, frame, compiler)
  return (scope) => {
    spend(costs.expression)
    return evaluate(scope)
  }
}

function compileAll(expressions: readonly Expression[], frame: Frame, compiler: Compiler): Evaluate[] {
  return expressions.map((expression) => compiler.expression(expression, frame))
}

function compileSlice(node: Extract<Expression, { kind: 'slice' }>, frame: Frame, compiler: Compiler): Evaluate {
  const object = compiler.expression(node.object, frame)
  const bounds = node.bounds.map((bound) => (bound === null ? null : compiler.expression(bound, frame)))
  return (scope) => {
    const sliced = object(scope)
    const [start = null, stop = null, step = null] = bounds.map((bound) => bound?.(scope) ?? null)
    return sliceOf(sliced, [start, stop, step])
  }
}

function compileLogic(node: Extract<Expression, { kind: 'and' | 'or' }>, frame: Frame, compiler: Compiler): Evaluate {
  const [left, right] = [compiler.expression(node.left, frame), compiler.expression(node.right, frame)]
  const endsOn = node.kind === 'or'
  return (scope) => {
    const value = left(scope)
    return isTrue(value) === endsOn ? value : right(scope)
  }
}

function compileSign(operator: '-' | '+', operand: Expression, frame: Frame, compiler: Compiler): Evaluate {
  const evaluate = compiler.expression(operand, frame)
  return (scope) => computeSign(operator, evaluate(scope))
}

const comparisons: Readonly<Record<string, (left: Value, right: Value) => boolean>> = {
  '==': equals,
  '!=': (left, right) => !equals(left, right),
  '<': (left, right) => compare(left, right, '<') < 0,
  '<=': (left, right) => compare(left, right, '<=') <= 0,
  '>': (left, right) => compare(left, right, '>') > 0,
  '>=': (left, right) => compare(left, right, '>=') >= 0,
  in: (left, right) => contains(right, left),
  'not in': (left, right) => !contains(right, left),
}

/** `a < b < c` evaluates b once, and c only if a < b. */
function compileComparison(node: Extract<Expression, { kind: 'compare' }>, frame: Frame, compiler: Compiler): Evaluate {
  const first = compiler.expression(node.first, frame)
  const rest = node.rest.map(([operator, operand]) => ({
    holds: comparisons[operator],
    operand: compiler.expression(operand, frame),
  }))
  return (scope) => {
    let left = first(scope)
    return rest.every(({ holds, operand }) => {
      const right = operand(scope)
      const isRight = holds?.(left, right) ?? false
      left = right
      return isRight
    })
  }
}

function compileConditional(
  node: Extract<Expression, { kind: 'condition' }>,
  frame: Frame,
  compiler: Compiler,
): Evaluate {
  const branch = { ...frame, isBranch: true }
  const test = compiler.expression(node.test, branch)
  const whenTrue = compiler.expression(node.whenTrue, branch)
  const whenFalse = node.whenFalse === null ? null : compiler.expression(node.whenFalse, branch)
  const missing = new Undefined('the inline if-expression evaluated to false and no else section was defined.')
  return (scope) => (isTrue(test(scope)) ? whenTrue(scope) : whenFalse === null ? missing : whenFalse(scope))
}
