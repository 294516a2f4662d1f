/** A node of the parsed template. */
export type Node = { type: string; [key: string]: unknown }

/**
 * Names of functions. They begin with a space, so that no variable of a template can replace them.
 */
export const pythonNames = {
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

const functionsOfMethods: ReadonlyMap<string, string> = new Map([
  ['strip', pythonNames.strip],
  ['lstrip', pythonNames.lstrip],
  ['rstrip', pythonNames.rstrip],
  ['capitalize', pythonNames.capitalize],
  ['find', pythonNames.find],
  ['count', pythonNames.count],
  ['isdigit', pythonNames.isDigit],
  ['splitlines', pythonNames.splitLines],
  ['format', pythonNames.format],
])

const functionsOfFilters: ReadonlyMap<string, string> = new Map([
  ['trim', pythonNames.strip],
  ['capitalize', pythonNames.capitalize],
  ['length', pythonNames.length],
  ['count', pythonNames.length],
  ['e', pythonNames.escape],
  ['escape', pythonNames.escape],
  ['join', pythonNames.join],
])

/** Properties of nodes that contain lists of printed nodes. */
const bodyNames = ['body', 'alternate', 'defaultBlock']

const printedTypes = new Set([
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
 * Rewrites the parts of a template in which the engine differs from Python to calls of functions
 * that do not: methods and filters that the engine does not have or implements differently (it
 * strips JavaScript's white space, counts UTF-16 units, and its join has no attribute), and values
 * that are printed or joined with `~` (it prints `true`, nothing for none, and JSON for lists).
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
  for (const name of bodyNames) {
    const body = current[name]
    if (Array.isArray(body)) current[name] = body.map(rewritePrinted)
  }
}

/** Rewrites `x[i]` so that it is a character for strings, and unchanged for all other values. */
function rewriteIndex(node: Node): void {
  const property = node.property as Node
  if (node.computed !== true || property.type === 'StringLiteral' || property.type === 'SliceExpression') return
  const isString = { type: 'TestExpression', operand: node.object, negate: false, test: identifier('string') }
  const parts = {
    condition: isString,
    trueExpr: call(pythonNames.at, [node.object, property]),
    falseExpr: { ...node },
  }
  Object.assign(node, { type: 'Ternary', ...parts })
}

function rewriteMethod(node: Node): void {
  const callee = node.callee as Node
  const name = callee.computed === false ? functionsOfMethods.get(nameOf(callee.property)) : undefined
  if (name === undefined) return
  const args = node.args as Node[]
  const isKeyword = (arg: Node) => arg.type === 'KeywordArgumentExpression'
  const given =
    name === pythonNames.format ? [list(args.filter((arg) => !isKeyword(arg))), ...args.filter(isKeyword)] : args
  Object.assign(node, call(name, [callee.object, ...given]))
}

function rewriteFilter(node: Node): void {
  const filter = node.filter as Node
  const isCall = filter.type === 'CallExpression'
  const args = isCall ? (filter.args as Node[]) : []
  const name = nameOf(isCall ? filter.callee : filter)
  const rewritten = name === 'map' && args[0]?.type === 'StringLiteral' ? pythonNames.map : functionsOfFilters.get(name)
  if (rewritten !== undefined) Object.assign(node, call(rewritten, [node.operand, ...args]))
}

function rewritePrinted(node: Node): Node {
  return printedTypes.has(node.type) ? toText(node) : node
}

/**
 * Passes the value in a list, which keeps its type. Without it, none and undefined would look the
 * same, and 2.0 would be 2.
 */
function toText(node: unknown): Node {
  return call(pythonNames.text, [list([node])])
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
