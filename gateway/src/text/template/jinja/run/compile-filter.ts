import { getAttribute, getItem } from '../access/access.js'
import { TemplateError, TemplateSyntaxError, UnsupportedTemplateError } from '../errors.js'
import type { FilterRuntime } from '../filters/filter.js'
import { filters, isFilterName, isTestName, unsupportedFilters } from '../filters/index.js'
import { tests } from '../filters/tests.js'
import type { Expression } from '../syntax/nodes.js'
import { type Arguments, textOf, type Value } from '../values/value.js'
import { costs, spend } from '../work.js'
import { compileArguments } from './call.js'
import type { Compiler, Evaluate, Frame } from './frame.js'

const runtime: FilterRuntime = { getAttribute, getItem, callFilter, callTest }

function callFilter(name: Value, input: Value, args: Arguments): Value {
  const filter = filters.get(textOf(name) ?? '')
  if (filter !== undefined) return filter(input, args, runtime)
  if (unsupportedFilters.has(textOf(name) ?? '')) throw unsupportedFilter(textOf(name) ?? '')
  throw new TemplateError(`No filter named '${textOf(name) ?? ''}' found.`)
}

function callTest(name: Value, input: Value, args: Arguments): boolean {
  spend(costs.call)
  const text = textOf(name) ?? ''
  if (text === 'filter') return isFilterName(textOf(input) ?? '')
  if (text === 'test') return isTestName(textOf(input) ?? '')
  const test = Object.hasOwn(tests, text) ? tests[text] : undefined
  if (test === undefined) throw new TemplateError(`No test named '${text}' found.`)
  return test(input, args)
}

function unsupportedFilter(name: string): UnsupportedTemplateError {
  return new UnsupportedTemplateError(`the filter ${name} is not supported`)
}

/** Compiles a filter. An unknown one is an error now, or in a branch when the branch runs. */
export function compileFilter(
  node: Extract<Expression, { kind: 'filter' }>,
  frame: Frame,
  compiler: Compiler,
): Evaluate {
  const { name, input } = node
  assertSupportedFilter(node)
  if (!filters.has(name) && !frame.isBranch) throw new TemplateSyntaxError(`there is no filter named ${name}`)
  if (input === null) throw new TemplateSyntaxError(`the filter ${name} has no input`)
  const value = compiler.expression(input, frame)
  const args = compileArguments(node.args, frame, compiler)
  return (scope) => {
    const filtered = value(scope)
    return callFilter(name, filtered, args(scope))
  }
}

function assertSupportedFilter({ name, args }: Extract<Expression, { kind: 'filter' }>): void {
  if (unsupportedFilters.has(name)) throw unsupportedFilter(name)
  const [first] = args.positional
  const mapped = name === 'map' && first?.kind === 'constant' ? String(first.value) : ''
  if (unsupportedFilters.has(mapped)) throw unsupportedFilter(mapped)
}

/** Compiles a test. */
export function compileTest(node: Extract<Expression, { kind: 'test' }>, frame: Frame, compiler: Compiler): Evaluate {
  const { name } = node
  if (!isTestName(name) && !frame.isBranch) throw new TemplateSyntaxError(`there is no test named ${name}`)
  const value = compiler.expression(node.input, frame)
  const args = compileArguments(node.args, frame, compiler)
  return (scope) => {
    const tested = value(scope)
    return callTest(name, tested, args(scope))
  }
}

const unsupportedMethods = new Set(['encode', 'maketrans', 'to_bytes', 'from_bytes', 'hex', 'fromhex'])

/**
 * Refuses calls of functions that Python has and this engine does not.
 * @throws UnsupportedTemplateError
 */
export function assertSupportedCall({ callee }: Extract<Expression, { kind: 'call' }>): void {
  if (callee.kind === 'member' && unsupportedMethods.has(callee.name))
    throw new UnsupportedTemplateError(`the method ${callee.name}() is not supported`)
  if (callee.kind === 'load' && callee.name === 'lipsum')
    throw new UnsupportedTemplateError('the function lipsum() is not supported')
}
