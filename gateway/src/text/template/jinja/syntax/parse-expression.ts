import type { BinaryOperator, CompareOperator, Expression } from './nodes.js'
import { parsePostfix, parsePostfixAndFilters } from './parse-postfix.js'
import { parsePrimary } from './parse-primary.js'
import type { Grammar, TokenStream, TupleOptions } from './token-stream.js'

/** Parses an expression with a condition: `a if b else c`. @throws TemplateSyntaxError */
export function parseExpression(stream: TokenStream): Expression {
  let expression = parseOr(stream)
  while (stream.skipIf('name', 'if')) {
    const test = parseOr(stream)
    const whenFalse = stream.skipIf('name', 'else') ? parseExpression(stream) : null
    expression = { kind: 'condition', test, whenTrue: expression, whenFalse }
  }
  return expression
}

function parseOr(stream: TokenStream): Expression {
  let left = parseAnd(stream)
  while (stream.skipIf('name', 'or')) left = { kind: 'or', left, right: parseAnd(stream) }
  return left
}

function parseAnd(stream: TokenStream): Expression {
  let left = parseNot(stream)
  while (stream.skipIf('name', 'and')) left = { kind: 'and', left, right: parseNot(stream) }
  return left
}

function parseNot(stream: TokenStream): Expression {
  return stream.skipIf('name', 'not') ? { kind: 'not', operand: parseNot(stream) } : parseCompare(stream)
}

const comparisons: readonly string[] = ['==', '!=', '<', '<=', '>', '>=']

function parseCompare(stream: TokenStream): Expression {
  const first = parseSum(stream)
  const rest: [CompareOperator, Expression][] = []
  for (;;) {
    const operator = readComparison(stream)
    if (operator === null) break
    rest.push([operator, parseSum(stream)])
  }
  return rest.length === 0 ? first : { kind: 'compare', first, rest }
}

function readComparison(stream: TokenStream): CompareOperator | null {
  if (stream.isOperator(...comparisons)) return stream.next().value as CompareOperator
  if (stream.skipIf('name', 'in')) return 'in'
  if (!stream.isName('not') || stream.following.type !== 'name' || stream.following.value !== 'in') return null
  stream.next()
  stream.next()
  return 'not in'
}

function parseBinary(stream: TokenStream, operators: readonly string[], parse: (stream: TokenStream) => Expression) {
  let left = parse(stream)
  while (stream.isOperator(...operators)) {
    const operator = stream.next().value as BinaryOperator
    left = { kind: 'binary', operator, left, right: parse(stream) }
  }
  return left
}

function parseSum(stream: TokenStream): Expression {
  return parseBinary(stream, ['+', '-'], parseConcat)
}

/** `~` binds more tightly than `+`, and less than `*`. */
function parseConcat(stream: TokenStream): Expression {
  const first = parseProduct(stream)
  const parts = [first]
  while (stream.skipIf('operator', '~')) parts.push(parseProduct(stream))
  return parts.length === 1 ? first : { kind: 'concat', parts }
}

function parseProduct(stream: TokenStream): Expression {
  return parseBinary(stream, ['*', '/', '//', '%'], parsePower)
}

/** In Jinja, `**` groups from the left, and a sign binds more tightly. */
function parsePower(stream: TokenStream): Expression {
  return parseBinary(stream, ['**'], (inner) => parseUnary(inner, true))
}

function parseUnary(stream: TokenStream, withFilters: boolean): Expression {
  const operand = parseSigned(stream)
  return withFilters ? parsePostfixAndFilters(parsePostfix(operand, stream), stream) : parsePostfix(operand, stream)
}

function parseSigned(stream: TokenStream): Expression {
  if (stream.skipIf('operator', '-')) return { kind: 'negative', operand: parseUnary(stream, false) }
  if (stream.skipIf('operator', '+')) return { kind: 'positive', operand: parseUnary(stream, false) }
  return parsePrimary(stream)
}

/**
 * Parses expressions separated by commas: a tuple if there is a comma, else the expression.
 * @throws TemplateSyntaxError
 */
export function parseTuple(
  stream: TokenStream,
  { withConditions = true, end = '', isEmptyAllowed = false }: TupleOptions = {},
): Expression {
  const items: Expression[] = []
  let isTuple = false
  while (!isTupleEnd(stream) && !(end !== '' && stream.isName(end))) {
    items.push(withConditions ? parseExpression(stream) : parseOr(stream))
    if (!stream.skipIf('operator', ',')) break
    isTuple = true
  }
  const [only] = items
  if (!isTuple && only !== undefined) return only
  if (!isTuple && !isEmptyAllowed) stream.fail(`expected an expression, found ${stream.describe()}`)
  return { kind: 'tuple', items }
}

function isTupleEnd(stream: TokenStream): boolean {
  return stream.is('print-end') || stream.is('block-end') || stream.isOperator(')')
}

/** The grammar of expressions. */
export const grammar: Grammar = { expression: parseExpression, tuple: parseTuple }
