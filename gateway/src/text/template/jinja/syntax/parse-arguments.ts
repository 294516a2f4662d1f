import type { CallArguments, Expression } from './nodes.js'
import type { TokenStream } from './token-stream.js'

/** No arguments. */
export const noArguments: CallArguments = { positional: [], keywords: [], spread: null, spreadKeywords: null }

interface Collected {
  readonly positional: Expression[]
  readonly keywords: [string, Expression][]
  spread: Expression | null
  spreadKeywords: Expression | null
}

/** Parses the arguments of a call, from ( to ). @throws TemplateSyntaxError */
export function parseArguments(stream: TokenStream): CallArguments {
  stream.expect('operator', '(')
  const args: Collected = { positional: [], keywords: [], spread: null, spreadKeywords: null }
  for (let isFirst = true; !stream.isOperator(')'); isFirst = false) {
    if (!isFirst) stream.expect('operator', ',')
    if (stream.isOperator(')')) break
    parseArgument(stream, args)
  }
  stream.expect('operator', ')')
  return args
}

function parseArgument(stream: TokenStream, args: Collected): void {
  const assertOrder = (isRight: boolean) => {
    if (!isRight) stream.fail('the arguments of a call are in the wrong order')
  }
  if (stream.skipIf('operator', '*')) {
    assertOrder(args.spread === null && args.spreadKeywords === null)
    args.spread = stream.grammar.expression(stream)
  } else if (stream.skipIf('operator', '**')) {
    assertOrder(args.spreadKeywords === null)
    args.spreadKeywords = stream.grammar.expression(stream)
  } else if (stream.is('name') && stream.following.type === 'operator' && stream.following.value === '=') {
    assertOrder(args.spreadKeywords === null)
    const name = stream.next().value
    stream.next()
    if (args.keywords.some(([other]) => other === name)) stream.fail(`the argument ${name} is given twice`)
    args.keywords.push([name, stream.grammar.expression(stream)])
  } else {
    assertOrder(args.spread === null && args.spreadKeywords === null && args.keywords.length === 0)
    args.positional.push(stream.grammar.expression(stream))
  }
}
