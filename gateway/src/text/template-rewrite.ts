/** A node of the parsed template. */
export type Node = { type: string; [key: string]: unknown }

/** Names of functions that a template cannot write itself, so that nothing in it can hide them. */
export const PYTHON = {
  strip: ' strip',
  lstrip: ' lstrip',
  rstrip: ' rstrip',
  capitalize: ' capitalize',
  text: ' text',
} as const

const METHODS: ReadonlyMap<string, string> = new Map([
  ['strip', PYTHON.strip],
  ['lstrip', PYTHON.lstrip],
  ['rstrip', PYTHON.rstrip],
  ['capitalize', PYTHON.capitalize],
])

const FILTERS: ReadonlyMap<string, string> = new Map([
  ['trim', PYTHON.strip],
  ['capitalize', PYTHON.capitalize],
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
 * Turns the places where the engine differs from Python into calls of functions that do not: `x.rstrip('\n')` and
 * `x | trim` (the engine strips all of JavaScript's white space), `x | capitalize`, and what is printed or joined with `~`
 * (the engine prints `true`, nothing for none, and JSON for lists).
 */
export function rewriteForPython(node: unknown): void {
  if (typeof node !== 'object' || node === null) return
  for (const child of node instanceof Map ? [...node].flat() : Object.values(node)) rewriteForPython(child)
  const current = node as Node
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

function rewriteMethod(node: Node): void {
  const callee = node.callee as Node
  const name = callee.computed === false ? METHODS.get(nameOf(callee.property)) : undefined
  if (name !== undefined) Object.assign(node, call(name, [callee.object, ...(node.args as unknown[])]))
}

function rewriteFilter(node: Node): void {
  const filter = node.filter as Node
  const isCall = filter.type === 'CallExpression'
  const name = FILTERS.get(nameOf(isCall ? filter.callee : filter))
  if (name !== undefined) Object.assign(node, call(name, [node.operand, ...(isCall ? (filter.args as unknown[]) : [])]))
}

function rewritePrinted(node: Node): Node {
  return PRINTED.has(node.type) ? toText(node) : node
}

/** The value goes in a list, where it keeps its type: bare, none and undefined would come as the same, and 2.0 as 2. */
function toText(node: unknown): Node {
  return call(PYTHON.text, [{ type: 'ArrayLiteral', value: [node] }])
}

function call(name: string, args: readonly unknown[]): Node {
  return { type: 'CallExpression', callee: { type: 'Identifier', value: name }, args }
}

function operatorOf(node: Node): unknown {
  return (node.operator as { value?: unknown }).value
}

function nameOf(node: unknown): string {
  const identifier = node as Node | undefined
  return identifier?.type === 'Identifier' ? String(identifier.value) : ''
}
