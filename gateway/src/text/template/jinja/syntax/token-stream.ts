import { TemplateSyntaxError } from '../errors.js'
import type { Token, TokenType } from './lexer.js'
import type { Expression } from './nodes.js'

/** How a tuple without parentheses is parsed. */
export interface TupleOptions {
  /** Whether the items may be conditions: `a if b else c`. */
  readonly withConditions?: boolean
  /** A name that ends the tuple. */
  readonly end?: string
  readonly isEmptyAllowed?: boolean
}

/** The parsers of whole expressions, for those of their parts. */
export interface Grammar {
  expression(stream: TokenStream): Expression
  tuple(stream: TokenStream, options?: TupleOptions): Expression
}

/** Reads tokens one after another. */
export class TokenStream {
  private index = 0
  private readonly last: Token

  constructor(
    private readonly tokens: readonly Token[],
    readonly grammar: Grammar,
  ) {
    this.last = tokens.at(-1) ?? { type: 'end', value: '', line: 1 }
  }

  get current(): Token {
    return this.tokens[this.index] ?? this.last
  }

  get following(): Token {
    return this.tokens[this.index + 1] ?? this.last
  }

  next(): Token {
    const token = this.current
    this.index++
    return token
  }

  is(type: TokenType, value?: string): boolean {
    return matches(this.current, type, value)
  }

  isOperator(...values: readonly string[]): boolean {
    return this.current.type === 'operator' && values.includes(this.current.value)
  }

  isName(...values: readonly string[]): boolean {
    return this.current.type === 'name' && values.includes(this.current.value)
  }

  /** Skips the current token if it matches. */
  skipIf(type: TokenType, value?: string): boolean {
    if (!this.is(type, value)) return false
    this.index++
    return true
  }

  /** @throws TemplateSyntaxError if the current token is another one */
  expect(type: TokenType, value?: string): Token {
    if (!this.is(type, value)) this.fail(`expected ${value ?? names[type] ?? type}, found ${this.describe()}`)
    return this.next()
  }

  describe(): string {
    const { type, value } = this.current
    return type === 'name' || type === 'operator' || type === 'number' ? value : (names[type] ?? type)
  }

  fail(message: string): never {
    throw new TemplateSyntaxError(`line ${this.current.line}: ${message}`)
  }
}

function matches(token: Token, type: TokenType, value?: string): boolean {
  return token.type === type && (value === undefined || token.value === value)
}

const names: Partial<Record<TokenType, string>> = {
  data: 'text',
  print: '{{',
  'print-end': '}}',
  block: '{%',
  'block-end': '%}',
  string: 'a text',
  end: 'the end of the template',
}
