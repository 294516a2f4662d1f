import type { Expression, Parameter, Statement, Target } from './nodes.js'
import { parseExpression, parseTuple } from './parse-expression.js'
import { parseFilters } from './parse-postfix.js'
import { parseNewName, parseTarget } from './parse-target.js'
import type { TokenStream } from './token-stream.js'

/** Statements up to an end tag, and the name of that tag. */
export interface Body {
  readonly statements: readonly Statement[]
  readonly end: string
}

type ParseBody = (...ends: readonly string[]) => Body
type Parser = (stream: TokenStream, parseBody: ParseBody) => readonly Statement[]

/** The parsers of statements by name. They begin after the name and end before the closing %}. */
export const statementParsers: Readonly<Record<string, Parser>> = {
  if: parseIf,
  for: parseFor,
  set: parseSet,
  with: parseWith,
  macro: (stream, parseBody) => {
    const name = parseNewName(stream)
    const parameters = parseParameters(stream)
    return [{ kind: 'macro', name, parameters, body: parseBody('endmacro').statements }]
  },
  call: parseCallBlock,
  filter: (stream, parseBody) => {
    const filter = parseFilters(null, stream, true)
    return [{ kind: 'filter-block', filter, body: parseBody('endfilter').statements }]
  },
  block: parseBlock,
  generation: (_stream, parseBody) => [{ kind: 'generation', body: parseBody('endgeneration').statements }],
  print: parsePrint,
  break: () => [{ kind: 'break' }],
  continue: () => [{ kind: 'continue' }],
}

function parseIf(stream: TokenStream, parseBody: ParseBody): Statement[] {
  const branches: { test: Expression; body: readonly Statement[] }[] = []
  for (;;) {
    const test = parseTuple(stream, { withConditions: false })
    const { statements, end } = parseBody('elif', 'else', 'endif')
    branches.push({ test, body: statements })
    if (end === 'elif') continue
    const otherwise = end === 'else' ? parseBody('endif').statements : []
    return [{ kind: 'if', branches, otherwise }]
  }
}

function parseFor(stream: TokenStream, parseBody: ParseBody): Statement[] {
  const target = parseTarget(stream, { end: 'in' })
  stream.expect('name', 'in')
  const iterated = parseTuple(stream, { withConditions: false, end: 'recursive' })
  const test = stream.skipIf('name', 'if') ? parseExpression(stream) : null
  const isRecursive = stream.skipIf('name', 'recursive')
  const { statements: body, end } = parseBody('endfor', 'else')
  const otherwise = end === 'else' ? parseBody('endfor').statements : []
  return [{ kind: 'for', target, iterated, test, isRecursive, body, otherwise }]
}

function parseSet(stream: TokenStream, parseBody: ParseBody): Statement[] {
  const target = parseTarget(stream, { withAttributes: true })
  if (stream.skipIf('operator', '=')) return [{ kind: 'set', target, value: parseTuple(stream) }]
  const filter = stream.isOperator('|') ? parseFilters(null, stream) : null
  return [{ kind: 'set-block', target, filter, body: parseBody('endset').statements }]
}

function parseWith(stream: TokenStream, parseBody: ParseBody): Statement[] {
  const bindings: [Target, Expression][] = []
  while (!stream.is('block-end')) {
    if (bindings.length > 0) stream.expect('operator', ',')
    const target = parseTarget(stream)
    stream.expect('operator', '=')
    bindings.push([target, parseExpression(stream)])
  }
  return [{ kind: 'with', bindings, body: parseBody('endwith').statements }]
}

function parseParameters(stream: TokenStream): Parameter[] {
  stream.expect('operator', '(')
  const parameters: Parameter[] = []
  while (!stream.isOperator(')')) {
    if (parameters.length > 0) stream.expect('operator', ',')
    const name = parseNewName(stream)
    const initial = stream.skipIf('operator', '=') ? parseExpression(stream) : null
    if (initial === null && parameters.some((parameter) => parameter.initial !== null))
      stream.fail(`the parameter ${name} has no default, but follows one that has`)
    if (parameters.some((parameter) => parameter.name === name)) stream.fail(`the parameter ${name} occurs twice`)
    parameters.push({ name, initial })
  }
  stream.expect('operator', ')')
  return parameters
}

function parseCallBlock(stream: TokenStream, parseBody: ParseBody): Statement[] {
  const parameters = stream.isOperator('(') ? parseParameters(stream) : []
  const call = parseExpression(stream)
  if (call.kind !== 'call') stream.fail('{% call %} expects a call')
  return [{ kind: 'call-block', call, parameters, body: parseBody('endcall').statements }]
}

function parseBlock(stream: TokenStream, parseBody: ParseBody): Statement[] {
  const name = stream.expect('name').value
  const isScoped = stream.skipIf('name', 'scoped')
  if (stream.isName('required')) stream.fail('a required block needs a template that extends this one')
  const { statements: body } = parseBody('endblock')
  stream.skipIf('name', name)
  return [{ kind: 'block', name, isScoped, body }]
}

function parsePrint(stream: TokenStream): Statement[] {
  const outputs: Statement[] = []
  while (!stream.is('block-end')) {
    if (outputs.length > 0) stream.expect('operator', ',')
    outputs.push({ kind: 'output', expression: parseExpression(stream) })
  }
  return outputs
}
