import { TemplateSyntaxError } from '../errors.js'
import type { ForStatement, Statement } from '../syntax/nodes.js'
import { assignedNames } from '../syntax/walk.js'
import { isTrue, iterate } from '../values/operations.js'
import { Generator, type Value } from '../values/value.js'
import { costs, spend } from '../work.js'
import { analyzeBody, analyzeExpression, analyzeLoop, declareTarget } from './analyze.js'
import { compileTarget } from './assign.js'
import { type Compiler, type Frame, innerFrame, type Run, refOf, type Signal, type Write } from './frame.js'
import { LoopContext } from './loop-context.js'
import { Scope } from './scope.js'
import { findUndeclared } from './undeclared.js'

/** Compiles a loop. */
export function compileLoop(node: ForStatement, frame: Frame, compiler: Compiler): Run {
  assertLoopIsFree([node])
  const iterated = compiler.expression(node.iterated, frame)
  const loop = compilePasses(node, frame, compiler)
  if (!node.isRecursive) return (scope, write) => loop(scope, iterated(scope), 1, write)
  return (scope, write) => {
    write(renderLoop(loop, scope, iterated(scope), 1))
    return null
  }
}

type Loop = (scope: Scope, iterated: Value, depth: number, write: Write) => Signal

function renderLoop(loop: Loop, scope: Scope, iterated: Value, depth: number): string {
  const parts: string[] = []
  loop(scope, iterated, depth, (text) => parts.push(text))
  return parts.join('')
}

function compilePasses(node: ForStatement, frame: Frame, compiler: Compiler): Loop {
  const inner = innerFrame(frame, true)
  const isExtended = node.isRecursive || findUndeclared(node.body, ['loop']).has('loop')
  if (isExtended) inner.symbols.declareParameter('loop')
  analyzeLoop(inner.symbols, node)
  const assign = compileTarget(node.target, inner)
  const body = compiler.statements(node.body, inner)
  const loopRef = isExtended ? refOf(inner, 'loop') : null
  const select = compileCondition(node, frame, compiler)
  const otherwise = compileOtherwise(node, frame, compiler)
  const run: Loop = (outer, iterated, depth, write) => {
    const scope = new Scope(inner.symbols, outer, outer.context)
    const recurse = node.isRecursive ? (values: Value, level: number) => renderLoop(run, outer, values, level) : null
    const loop = new LoopContext(select(outer, iterated), depth, recurse)
    let isEmpty = true
    for (let value = loop.next(); value !== undefined; value = loop.next()) {
      spend(costs.statement)
      scope.clear()
      assign(scope, value)
      if (loopRef !== null) scope.write(loopRef, loop)
      scope.enter()
      const signal = body(scope, write)
      if (signal === 'break') break
      if (signal === null) isEmpty = false
    }
    scope.clear()
    // As in Jinja2, the else branch also runs if every pass ended with break or continue.
    return isEmpty ? otherwise(outer, write) : null
  }
  return run
}

/** Compiles the `if` of a loop. It runs when the loop reads the next value. */
function compileCondition(
  node: ForStatement,
  frame: Frame,
  compiler: Compiler,
): (scope: Scope, iterated: Value) => Value {
  const { test } = node
  if (test === null) return (_, iterated) => iterated
  const inner = innerFrame(frame, false)
  declareTarget(inner.symbols, node.target)
  analyzeExpression(inner.symbols, test)
  const assign = compileTarget(node.target, inner)
  const isKept = compiler.expression(test, inner)
  return (outer, iterated) => {
    const scope = new Scope(inner.symbols, outer, outer.context)
    scope.enter()
    return new Generator(
      selectValues(iterated, (value) => {
        spend(costs.statement)
        assign(scope, value)
        return isTrue(isKept(scope))
      }),
    )
  }
}

function* selectValues(iterated: Value, isKept: (value: Value) => boolean): globalThis.Generator<Value, undefined> {
  for (const value of iterate(iterated)) if (isKept(value)) yield value
}

function compileOtherwise(node: ForStatement, frame: Frame, compiler: Compiler): Run {
  if (node.otherwise.length === 0) return () => null
  const inner = innerFrame(frame, frame.isInLoop && !node.isRecursive)
  analyzeBody(inner.symbols, node.otherwise)
  const body = compiler.statements(node.otherwise, inner)
  return (outer, write) => {
    const scope = new Scope(inner.symbols, outer, outer.context)
    scope.enter()
    return body(scope, write)
  }
}

/** @throws TemplateSyntaxError if a statement inside of a loop assigns `loop` */
function assertLoopIsFree(statements: readonly Statement[]): void {
  for (const statement of statements) {
    if ('target' in statement && assignedNames(statement.target).includes('loop'))
      throw new TemplateSyntaxError('cannot assign to the name loop inside of a loop')
    if ('body' in statement) assertLoopIsFree(statement.body)
    if ('otherwise' in statement) assertLoopIsFree(statement.otherwise)
    if ('branches' in statement) for (const { body } of statement.branches) assertLoopIsFree(body)
  }
}
