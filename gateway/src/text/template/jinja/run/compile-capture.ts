import type { Expression, Statement } from '../syntax/nodes.js'
import type { Value } from '../values/value.js'
import { analyzeBody, analyzeExpression } from './analyze.js'
import { compileTarget } from './assign.js'
import { type Compiler, type Frame, innerFrame, type Run, refOf } from './frame.js'
import { print, requireOutput } from './print.js'
import { Scope } from './scope.js'

/** Statements whose text is not printed at once: it is assigned or filtered. */

/** Compiles `{% set name %}...{% endset %}`. */
export function compileSetBlock(
  { target, filter, body }: Extract<Statement, { kind: 'set-block' }>,
  frame: Frame,
  compiler: Compiler,
): Run {
  const inner = innerFrame(frame, frame.isInLoop)
  analyzeBody(inner.symbols, body)
  const capture = compileCapture(body, inner, compiler)
  const assign = compileTarget(target, frame)
  const change = filter === null ? null : compileChange(filter, inner, compiler)
  return (outer) => {
    const { scope, text, signal } = capture(outer)
    if (signal === null) assign(outer, change === null ? text : change(scope, text))
    return signal
  }
}

/** Compiles `{% filter name %}...{% endfilter %}`. */
export function compileFilterBlock(
  { filter, body }: Extract<Statement, { kind: 'filter-block' }>,
  frame: Frame,
  compiler: Compiler,
): Run {
  const inner = innerFrame(frame, frame.isInLoop)
  analyzeBody(inner.symbols, body)
  analyzeExpression(inner.symbols, filter)
  const capture = compileCapture(body, inner, compiler)
  const change = compileChange(filter, inner, compiler)
  return (outer, write) => {
    const { scope, text, signal } = capture(outer)
    return signal ?? print(scope, write, requireOutput(change(scope, text)))
  }
}

function compileCapture(body: readonly Statement[], frame: Frame, compiler: Compiler) {
  const run = compiler.statements(body, frame)
  return (outer: Scope) => {
    const scope = new Scope(frame.symbols, outer, outer.context)
    scope.enter()
    const parts: string[] = []
    const signal = run(scope, (part) => parts.push(part))
    return { scope, text: parts.join(''), signal }
  }
}

/** Compiles a filter whose input is the text of a block. No template can use the text's name. */
function compileChange(filter: Expression, frame: Frame, compiler: Compiler) {
  const name = ' block'
  frame.symbols.declareParameter(name)
  const ref = refOf(frame, name)
  const evaluate = compiler.expression(fillInput(filter, name), frame)
  return (scope: Scope, text: string): Value => {
    scope.write(ref, text)
    return evaluate(scope)
  }
}

/** Gives the first of several filters an input: the name of the block's text. */
function fillInput(filter: Expression, name: string): Expression {
  if (filter.kind !== 'filter') return filter
  return { ...filter, input: filter.input === null ? { kind: 'load', name } : fillInput(filter.input, name) }
}
