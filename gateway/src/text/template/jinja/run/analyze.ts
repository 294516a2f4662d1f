import type { Expression, ForStatement, MacroParts, Statement, Target } from '../syntax/nodes.js'
import { assignedNames, namesIn, namespacesOf } from '../syntax/walk.js'
import type { Symbols } from './symbols.js'

/** Adds the names of statements to a frame. Statements with frames of their own are not entered. */
export function analyzeBody(symbols: Symbols, statements: readonly Statement[]): void {
  for (const statement of statements) analyzeStatement(symbols, statement)
}

function analyzeStatement(symbols: Symbols, statement: Statement): void {
  switch (statement.kind) {
    case 'output':
      analyzeExpression(symbols, statement.expression)
      return
    case 'if':
      analyzeBranches(symbols, statement)
      return
    case 'for':
      analyzeExpression(symbols, statement.iterated)
      return
    case 'set':
      analyzeExpression(symbols, statement.value)
      analyzeTarget(symbols, statement.target)
      return
    case 'set-block':
      analyzeTarget(symbols, statement.target)
      return
    case 'with':
      for (const [, value] of statement.bindings) analyzeExpression(symbols, value)
      return
    case 'macro':
      symbols.store(statement.name)
      return
    case 'call-block':
      analyzeExpression(symbols, statement.call)
      return
    case 'filter-block':
      analyzeExpression(symbols, statement.filter)
      return
    default:
  }
}

/** Adds the names that an expression reads. */
export function analyzeExpression(symbols: Symbols, expression: Expression): void {
  for (const name of namesIn(expression)) symbols.load(name)
}

function analyzeTarget(symbols: Symbols, target: Target): void {
  for (const name of namespacesOf(target)) symbols.load(name)
  for (const name of assignedNames(target)) symbols.store(name)
}

function analyzeBranches(symbols: Symbols, statement: Extract<Statement, { kind: 'if' }>): void {
  const [first, ...others] = statement.branches
  if (first === undefined) return
  analyzeExpression(symbols, first.test)
  const branch = (statements: readonly Statement[]) => {
    const copy = symbols.copy()
    analyzeBody(copy, statements)
    return copy
  }
  const elifs = symbols.copy()
  for (const { test, body } of others) analyzeBranches(elifs, { kind: 'if', branches: [{ test, body }], otherwise: [] })
  symbols.update([branch(first.body), elifs, branch(statement.otherwise)])
}

/** Adds the parameters of a target: the variables of a loop or of `with`. */
export function declareTarget(symbols: Symbols, target: Target): void {
  for (const name of assignedNames(target)) symbols.declareParameter(name)
}

/** Adds the names of the body of a loop. */
export function analyzeLoop(symbols: Symbols, { target, body }: ForStatement): void {
  declareTarget(symbols, target)
  analyzeBody(symbols, body)
}

/** Adds the names of a macro: its parameters, their defaults and its body. */
export function analyzeMacro(symbols: Symbols, { parameters, body }: MacroParts): void {
  for (const { name } of parameters) symbols.declareParameter(name)
  for (const { initial } of parameters) if (initial !== null) analyzeExpression(symbols, initial)
  analyzeBody(symbols, body)
}
