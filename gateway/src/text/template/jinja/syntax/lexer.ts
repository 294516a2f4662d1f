import { stripText } from '../../python-text.js'
import { TemplateSyntaxError } from '../errors.js'
import { readNumber, unescapeLiteral } from './literal.js'
import { lastIndexOfLine, patterns } from './patterns.js'

/** A token of a template. */
export interface Token {
  readonly type: TokenType
  readonly value: string
  /** The value of a number. */
  readonly number?: bigint | number
  readonly line: number
}

/** The types of tokens. The value of an operator is its text. */
export type TokenType =
  | 'data'
  | 'print'
  | 'print-end'
  | 'block'
  | 'block-end'
  | 'name'
  | 'string'
  | 'number'
  | 'operator'
  | 'end'

type State = 'print' | 'block'

/**
 * Splits a template into tokens as Jinja2's lexer does with trim_blocks and lstrip_blocks.
 * @throws TemplateSyntaxError
 */
export function tokenize(source: string): Token[] {
  return new Lexer(source.replace(/\r\n?/g, '\n').replace(/\n$/, '')).run()
}

class Lexer {
  private readonly tokens: Token[] = []
  private position = 0
  private line = 1
  private isLineStart = true
  private readonly open: string[] = []

  constructor(private readonly source: string) {}

  run(): Token[] {
    while (this.position < this.source.length) {
      const state = this.readData()
      if (state !== null) this.readTag(state)
    }
    this.push('end', '')
    return this.tokens
  }

  /** Reads text up to the next tag, and the tag's start. */
  private readData(): State | null {
    const found = this.match(patterns.start)
    if (found === null) {
      const rest = this.source.slice(this.position)
      this.push('data', rest)
      this.advance(rest)
      return null
    }
    const [all, text = '', rawSign, raw, kind = '', tagSign = ''] = found
    const sign = rawSign ?? tagSign
    this.push('data', this.stripText(text, sign, kind === '{{'))
    this.advance(all)
    if (raw !== undefined) this.readRaw()
    else if (kind === '{#') this.readComment()
    else {
      const state = kind === '{{' ? 'print' : 'block'
      this.push(state, kind)
      return state
    }
    return null
  }

  /** Strips white space before a tag: all of it for `-`, that of the tag's line for a block. */
  private stripText(text: string, sign: string, isPrint: boolean): string {
    if (sign === '-') return stripText(text, { left: false, right: true })
    if (sign === '+' || isPrint) return text
    const start = lastIndexOfLine(text)
    if (start === 0 && !this.isLineStart) return text
    return patterns.onlySpaces.test(text.slice(start)) ? text.slice(0, start) : text
  }

  private readRaw(): void {
    const found = this.match(patterns.rawEnd)
    if (found === null) this.fail('{% raw %} has no {% endraw %}')
    this.push('data', this.stripText(found[1] ?? '', found[2] ?? '', false))
    this.advance(found[0])
  }

  private readComment(): void {
    const found = this.match(patterns.commentEnd)
    if (found === null) this.fail('a comment has no end #}')
    this.advance(found[0])
  }

  private readTag(state: State): void {
    const end = state === 'print' ? patterns.printEnd : patterns.blockEnd
    while (this.position < this.source.length) {
      const closed = this.open.length === 0 ? this.match(end) : null
      if (closed !== null) {
        this.push(`${state}-end`, '')
        this.advance(closed[0])
        return
      }
      this.readToken()
    }
  }

  private readToken(): void {
    const found = this.match(patterns.token)
    if (found === null) this.fail(`unexpected character ${JSON.stringify(this.source.charAt(this.position))}`)
    const { space, float, integer, name, string, operator } = found.groups ?? {}
    if (float !== undefined) this.push('number', float, readNumber(float, true))
    else if (integer !== undefined) this.push('number', integer, readNumber(integer, false))
    else if (name !== undefined) this.pushName(name)
    else if (string !== undefined) this.push('string', unescapeLiteral(string.slice(1, -1)))
    else if (operator !== undefined) this.pushOperator(operator)
    else if (space === undefined) this.fail('unexpected text')
    this.advance(found[0])
  }

  private pushName(name: string): void {
    if (!patterns.identifier.test(name)) this.fail(`${JSON.stringify(name)} is not a name`)
    this.push('name', name)
  }

  private pushOperator(operator: string): void {
    const close = closers[operator]
    if (close !== undefined) this.open.push(close)
    else if (operator === ')' || operator === ']' || operator === '}') {
      const expected = this.open.pop()
      if (expected === undefined) this.fail(`unexpected ${operator}`)
      if (expected !== operator) this.fail(`unexpected ${operator}: expected ${expected}`)
    }
    this.push('operator', operator)
  }

  private match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.position
    return pattern.exec(this.source)
  }

  private advance(text: string): void {
    this.position += text.length
    this.line += text.split('\n').length - 1
    if (text !== '') this.isLineStart = text.endsWith('\n')
  }

  private push(type: TokenType, value: string, number?: bigint | number): void {
    if (type === 'data' && value === '') return
    this.tokens.push({ type, value, line: this.line, ...(number === undefined ? {} : { number }) })
  }

  private fail(message: string): never {
    throw new TemplateSyntaxError(`line ${this.line}: ${message}`)
  }
}

const closers: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' }
