import { UnsupportedTemplateError } from '../errors.js'
import { tokenize } from './lexer.js'
import type { Statement } from './nodes.js'
import { grammar, parseTuple } from './parse-expression.js'
import { type Body, statementParsers } from './parse-statement.js'
import { TokenStream } from './token-stream.js'

/**
 * Parses a template as Jinja2 does, with loop controls and `{% generation %}`.
 * @throws TemplateSyntaxError
 * @throws UnsupportedTemplateError if it uses statements that chat templates cannot have here
 */
export function parseTemplate(source: string): readonly Statement[] {
  const stream = new TokenStream(tokenize(source), grammar)
  return parseBody(stream, null).statements
}

/** Statements that need other templates, or change how everything is printed. */
const unsupported = ['include', 'import', 'from', 'extends', 'autoescape']

function parseBody(stream: TokenStream, ends: readonly string[] | null): Body {
  const statements: Statement[] = []
  while (!stream.is('end')) {
    if (stream.is('data')) statements.push({ kind: 'text', text: stream.next().value })
    else if (stream.skipIf('print')) {
      statements.push({ kind: 'output', expression: parseTuple(stream) })
      stream.expect('print-end')
    } else {
      stream.expect('block')
      if (ends !== null && stream.isName(...ends)) return { statements, end: stream.next().value }
      statements.push(...parseStatement(stream))
      stream.expect('block-end')
    }
  }
  if (ends !== null) stream.fail(`the template ends, expected {% ${ends.join(' %} or {% ')} %}`)
  return { statements, end: '' }
}

function parseStatement(stream: TokenStream): readonly Statement[] {
  const { value, line } = stream.expect('name')
  const parse = Object.hasOwn(statementParsers, value) ? statementParsers[value] : undefined
  if (parse !== undefined) return parse(stream, (...ends) => parseBlock(stream, ends))
  if (unsupported.includes(value))
    throw new UnsupportedTemplateError(`line ${line}: {% ${value} %} is not supported in chat templates`)
  return stream.fail(`unknown statement {% ${value} %}`)
}

/** Parses the rest of an opening tag and its body. A colon is allowed as in Python. */
function parseBlock(stream: TokenStream, ends: readonly string[]): Body {
  stream.skipIf('operator', ':')
  stream.expect('block-end')
  return parseBody(stream, ends)
}
