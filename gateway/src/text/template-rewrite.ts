/** A node of the parsed template. */
export type Node = { type: string; [key: string]: unknown }

/** Names of functions that a template cannot write itself, so that nothing in it can hide them. */
export const PYTHON = {
  strip: ' strip',
  lstrip: ' lstrip',
  rstrip: ' rstrip',
  capitalize: ' capitalize',
  text: ' text',
  length: ' length',
  at: ' at',
  find: ' find',
  count: ' count',
  isDigit: ' isdigit',
  splitLines: ' splitlines',
  escape: ' escape',
  format: ' format',
  join: ' join',
  map: ' map',
} as const

const METHODS: ReadonlyMap<string, string> = new Map([
  ['strip', PYTHON.strip],
  ['lstrip', PYTHON.lstrip],
  ['rstrip', PYTHON.rstrip],
  ['capitalize', PYTHON.capitalize],
  ['find', PYTHON.find],
  ['count', PYTHON.count],
  ['isdigit', PYTHON.isDigit],
  ['splitlines', PYTHON.splitLines],
  ['format', PYTHON.format],
])

const FILTERS: ReadonlyMap<string, string> = new Map([
  ['trim', PYTHON.strip],
  ['capitalize', PYTHON.capitalize],
  ['length', PYTHON.length],
  ['count', PYTHON.length],
  ['e', PYTHON.escape],
  ['escape', PYTHON.escape],
  ['join', PYTHON.join],
])

/** Lists of nodes whose values a template prints. */
const BODIES = ['body', 'alternate', 'defaultBlock']

const PRINTED = new Set([
  'Identifier',
  'MemberExpression',
  'CallExpression',
  'FilterExpression',
  'TestExpression',
  'UnaryExpression',
  'BinaryExpression',
  'SelectExpression',
  'Ternary',
  'ArrayLiteral',
  'TupleLiteral',
  'ObjectLiteral',
])

/**
 * Turns the places where the engine differs from Python into calls of functions that do not: methods and filters that it
 * lacks or has otherwise (its white space is JavaScript's, its lengths and places are in UTF-16 units, its join knows no
 * attribute), and what is printed or joined with `~` (it prints `true`, nothing for none, and JSON for lists).
 */
export function rewriteForPython(node: unknown): void {
  if (typeof node !== 'object' || node === null) return
  for (const child of node instanceof Map ? [...node].flat() : Object.values(node)) rewriteForPython(child)
  const current = node as Node
  if (current.type === 'MemberExpression') rewriteIndex(current)
  if (current.type === 'CallExpression') rewriteMethod(current)
  if (current.type === 'FilterExpression') rewriteFilter(current)
  if (current.type === 'BinaryExpression' && operatorOf(current) === '~') {
    current.left = toText(current.left)
    current.right = toText(current.right)
  }
  for (const name of BODIES) {
    const body = current[name]
    if (Array.isArray(body)) current[name] = body.map(rewritePrinted)
  }
}

/** `x[i]` of a string is a character; of all else it stays what it is. */
function rewriteIndex(node: Node): void {
  const property = node.property as Node
  if (node.computed !== true || property.type === 'StringLiteral' || property.type === 'SliceExpression') return
  const isString = { type: 'TestExpression', operand: node.object, negate: false, test: identifier('string') }
  const parts = {
    condition: isString,
    trueExpr: call(PYTHON.at, [node.object, property]),
    falseExpr: { ...node },
  }
  Object.assign(node, { type: 'Ternary', ...parts })
}

function rewriteMethod(node: Node): void {
  const callee = node.callee as Node
  const name = callee.computed === false ? METHODS.get(nameOf(callee.property)) : undefined
  if (name === undefined) return
  const args = node.args as Node[]
  const isKeyword = (arg: Node) => arg.type === 'KeywordArgumentExpression'
  const given = name === PYTHON.format ? [list(args.filter((arg) => !isKeyword(arg))), ...args.filter(isKeyword)] : args
  Object.assign(node, call(name, [callee.object, ...given]))
}

function rewriteFilter(node: Node): void {
  const filter = node.filter as Node
  const isCall = filter.type === 'CallExpression'
  const args = isCall ? (filter.args as Node[]) : []
  const name = nameOf(isCall ? filter.callee : filter)
  const rewritten = name === 'map' && args[0]?.type === 'StringLiteral' ? PYTHON.map : FILTERS.get(name)
  if (rewritten !== undefined) Object.assign(node, call(rewritten, [node.operand, ...args]))
}

function rewritePrinted(node: Node): Node {
  return PRINTED.has(node.type) ? toText(node) : node
}

/** The value goes in a list, where it keeps its type: bare, none and undefined would come as the same, and 2.0 as 2. */
function toText(node: unknown): Node {
  return call(PYTHON.text, [list([node])])
}

function list(value: readonly unknown[]): Node {
  return { type: 'ArrayLiteral', value }
}

function identifier(value: string): Node {
  return { type: 'Identifier', value }
}

function call(name: string, args: readonly unknown[]): Node {
  return { type: 'CallExpression', callee: identifier(name), args }
}

function operatorOf(node: Node): unknown {
  return (node.operator as { value?: unknown }).value
}

function nameOf(node: unknown): string {
  const identifier = node as Node | undefined
  return identifier?.type === 'Identifier' ? String(identifier.value) : ''
}
