import type { Expression } from './nodes.js'
import { noArguments, parseArguments } from './parse-arguments.js'
import { parsePrimary } from './parse-primary.js'
import type { TokenStream } from './token-stream.js'

/** Parses `.name`, `[index]` and calls after an expression. @throws TemplateSyntaxError */
export function parsePostfix(start: Expression, stream: TokenStream): Expression {
  let node = start
  for (;;) {
    if (stream.skipIf('operator', '.')) node = parseMember(node, stream)
    else if (stream.skipIf('operator', '[')) node = parseSubscript(node, stream)
    else if (stream.isOperator('(')) node = { kind: 'call', callee: node, args: parseArguments(stream) }
    else return node
  }
}

/** Parses filters, tests and calls after an expression. @throws TemplateSyntaxError */
export function parsePostfixAndFilters(start: Expression, stream: TokenStream): Expression {
  let node = start
  for (;;) {
    if (stream.isOperator('|')) node = parseFilters(node, stream)
    else if (stream.skipIf('name', 'is')) node = parseTest(node, stream)
    else if (stream.isOperator('(')) node = { kind: 'call', callee: node, args: parseArguments(stream) }
    else return node
  }
}

function parseMember(object: Expression, stream: TokenStream): Expression {
  if (stream.is('name')) return { kind: 'member', object, name: stream.next().value }
  const { type, number } = stream.current
  if (type !== 'number' || typeof number !== 'bigint') stream.fail('expected a name or a number after the dot')
  stream.next()
  return { kind: 'item', object, index: { kind: 'constant', value: number } }
}

function parseSubscript(object: Expression, stream: TokenStream): Expression {
  const indexes: (Expression | readonly (Expression | null)[])[] = []
  while (!stream.isOperator(']')) {
    if (indexes.length > 0) stream.expect('operator', ',')
    indexes.push(parseIndex(stream))
  }
  stream.expect('operator', ']')
  const [only] = indexes
  if (indexes.length === 1 && only !== undefined)
    return 'kind' in only ? { kind: 'item', object, index: only } : { kind: 'slice', object, bounds: only }
  const items = indexes.map((index) => ('kind' in index ? index : stream.fail('a slice cannot be part of a tuple')))
  return { kind: 'item', object, index: { kind: 'tuple', items } }
}

function parseIndex(stream: TokenStream): Expression | readonly (Expression | null)[] {
  const start = stream.isOperator(':') ? null : stream.grammar.expression(stream)
  if (!stream.skipIf('operator', ':')) return start ?? stream.fail('expected an index')
  const isOmitted = () => stream.isOperator(':', ']', ',')
  const stop = isOmitted() ? null : stream.grammar.expression(stream)
  const step = stream.skipIf('operator', ':') && !isOmitted() ? stream.grammar.expression(stream) : null
  return [start, stop, step]
}

/** Parses `| name(args)` as often as it occurs. @throws TemplateSyntaxError */
export function parseFilters(input: Expression | null, stream: TokenStream, isFirstOpen = false): Expression {
  let node = input
  let isOpen = isFirstOpen
  while (isOpen || stream.skipIf('operator', '|')) {
    const name = parseDottedName(stream)
    const args = stream.isOperator('(') ? parseArguments(stream) : noArguments
    node = { kind: 'filter', input: node, name, args }
    isOpen = false
  }
  return node ?? stream.fail('expected a filter')
}

function parseDottedName(stream: TokenStream): string {
  let name = stream.expect('name').value
  while (stream.skipIf('operator', '.')) name += `.${stream.expect('name').value}`
  return name
}

function parseTest(input: Expression, stream: TokenStream): Expression {
  const isNegated = stream.skipIf('name', 'not')
  const name = parseDottedName(stream)
  const test: Expression = { kind: 'test', input, name, args: parseTestArguments(stream) }
  return isNegated ? { kind: 'not', operand: test } : test
}

/** A test takes one argument without parentheses: `x is divisibleby 3`. */
function parseTestArguments(stream: TokenStream) {
  if (stream.isOperator('(')) return parseArguments(stream)
  const isArgument =
    stream.is('string') ||
    stream.is('number') ||
    stream.isOperator('[', '{') ||
    (stream.is('name') && !stream.isName('else', 'or', 'and'))
  if (!isArgument) return noArguments
  if (stream.isName('is')) stream.fail('tests cannot be chained with is')
  return { ...noArguments, positional: [parsePostfix(parsePrimary(stream), stream)] }
}
