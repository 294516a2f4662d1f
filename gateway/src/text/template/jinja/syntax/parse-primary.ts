import type { Expression } from './nodes.js'
import type { TokenStream } from './token-stream.js'

const constants: Readonly<Record<string, boolean | null>> = {
  true: true,
  True: true,
  false: false,
  False: false,
  none: null,
  None: null,
}

/** Whether a name is a constant, which no variable can replace. */
export function isConstantName(name: string): boolean {
  return Object.hasOwn(constants, name)
}

/** Parses a literal, a name or an expression in parentheses. @throws TemplateSyntaxError */
export function parsePrimary(stream: TokenStream): Expression {
  const { type, value, number } = stream.current
  if (type === 'name') return parseName(stream)
  if (type === 'string') return parseStrings(stream)
  if (type === 'number') {
    stream.next()
    return { kind: 'constant', value: number ?? null }
  }
  if (type === 'operator' && value === '(') return parseParentheses(stream)
  if (type === 'operator' && value === '[')
    return { kind: 'list', items: parseItems(stream, ']', stream.grammar.expression) }
  if (type === 'operator' && value === '{') return { kind: 'dict', items: parseItems(stream, '}', parsePair) }
  return stream.fail(`unexpected ${stream.describe()}: expected an expression`)
}

function parseName(stream: TokenStream): Expression {
  const name = stream.next().value
  return isConstantName(name) ? { kind: 'constant', value: constants[name] ?? null } : { kind: 'load', name }
}

/** Adjacent texts are one text, as in Python. */
function parseStrings(stream: TokenStream): Expression {
  let value = ''
  while (stream.is('string')) value += stream.next().value
  return { kind: 'constant', value }
}

function parseParentheses(stream: TokenStream): Expression {
  stream.next()
  const inner = stream.grammar.tuple(stream, { isEmptyAllowed: true })
  stream.expect('operator', ')')
  return inner
}

function parseItems<T>(stream: TokenStream, close: string, parse: (stream: TokenStream) => T): T[] {
  stream.next()
  const items: T[] = []
  while (!stream.isOperator(close)) {
    if (items.length > 0) stream.expect('operator', ',')
    if (stream.isOperator(close)) break
    items.push(parse(stream))
  }
  stream.expect('operator', close)
  return items
}

function parsePair(stream: TokenStream): [Expression, Expression] {
  const key = stream.grammar.expression(stream)
  stream.expect('operator', ':')
  return [key, stream.grammar.expression(stream)]
}
