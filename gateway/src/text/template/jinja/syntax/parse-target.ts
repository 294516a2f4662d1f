import type { Target } from './nodes.js'
import { isConstantName } from './parse-primary.js'
import type { TokenStream } from './token-stream.js'

/** Parses the left side of an assignment. @throws TemplateSyntaxError */
export function parseTarget(stream: TokenStream, { withAttributes = false, end = '' } = {}): Target {
  const items: Target[] = []
  let isTuple = false
  while (!stream.is('block-end') && !stream.isOperator(')') && !(end !== '' && stream.isName(end))) {
    items.push(parseSingle(stream, withAttributes))
    if (!stream.skipIf('operator', ',')) break
    isTuple = true
  }
  const [only] = items
  if (!isTuple && only !== undefined) return only
  return isTuple ? { kind: 'targets', items } : stream.fail(`expected a name, found ${stream.describe()}`)
}

function parseSingle(stream: TokenStream, withAttributes: boolean): Target {
  if (stream.skipIf('operator', '(')) {
    const inner = parseTarget(stream)
    stream.expect('operator', ')')
    return inner
  }
  const name = parseNewName(stream)
  if (!withAttributes || !stream.skipIf('operator', '.')) return { kind: 'name', name }
  return { kind: 'attribute', name, attribute: stream.expect('name').value }
}

/** Parses a name that is assigned. @throws TemplateSyntaxError */
export function parseNewName(stream: TokenStream): string {
  const name = stream.expect('name').value
  if (isConstantName(name)) stream.fail(`cannot assign to ${name}`)
  return name
}
