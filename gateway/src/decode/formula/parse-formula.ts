import { functionNames, modelNameSchema } from '../../session/model-name.js'
import { type Expression, type Operation, operate } from './expression.js'
import { FormulaError } from './formula-error.js'
import { type FormulaToken, readTokens } from './read-tokens.js'

/** A formula that can be evaluated, and where it names each model first. */
export interface ParsedFormula {
  readonly expression: Expression
  /** By name, in the order of the formula; positions count characters from 1. */
  readonly models: ReadonlyMap<string, number>
}

const maxLength = 2_000
/** Of parentheses, functions and minus signs in one another. */
const maxDepth = 100
/** Numbers, names and operations. Each costs a pass over the vocabulary at every token. */
const maxNodes = 200

const sums = new Map<string, Operation>([
  ['+', 'add'],
  ['-', 'subtract'],
])
const products = new Map<string, Operation>([
  ['*', 'multiply'],
  ['/', 'divide'],
])

/**
 * sum = product { (+ | -) product }; product = factor { (* | /) factor }; factor = - factor | number | model | ( sum ) |
 * min(sum, sum, ...) | max(sum, sum, ...) | exp(sum) | log(sum).
 * @throws FormulaError at the first character that does not fit
 */
export function parseFormula(formula: string): ParsedFormula {
  if (formula.length > maxLength)
    throw new FormulaError(maxLength + 1, `the formula goes on to ${formula.length}, at most ${maxLength} are taken`)
  const parser = new Parser(readTokens(formula))
  const expression = parser.readAll()
  if (parser.models.size === 0) throw new FormulaError(1, 'the formula names no model, such as dpo')
  return { expression, models: parser.models }
}

class Parser {
  readonly models = new Map<string, number>()
  private at = 0
  private depth = 0
  private nodes = 0

  constructor(private readonly tokens: readonly FormulaToken[]) {}

  readAll(): Expression {
    const expression = this.readSum()
    if (this.token.kind !== 'end') throw this.unexpected('an operator or the end')
    return expression
  }

  private readSum = () => this.readChain(sums, () => this.readChain(products, this.readFactor))

  /** Operands with operations of one rank between them, from the left. */
  private readChain(ranked: ReadonlyMap<string, Operation>, readOperand: () => Expression): Expression {
    let chain = readOperand()
    for (let operation = ranked.get(this.token.text); operation; operation = ranked.get(this.token.text)) {
      const { position } = this.take()
      chain = this.operate(operation, chain, readOperand(), position)
    }
    return chain
  }

  private readFactor = (): Expression => {
    const token = this.take()
    if (token.text === '-') return this.nest(() => this.negate(token.position))
    if (token.text === '(') return this.nest(() => this.closed(this.readSum()))
    if (token.kind === 'number') return this.count({ kind: 'constant', value: token.value }, token.position)
    if (token.kind === 'name')
      return this.token.text === '(' ? this.nest(() => this.readCall(token)) : this.readModel(token)
    this.at--
    throw this.unexpected('a number, a model, a function or (')
  }

  private negate(position: number): Expression {
    const operand = this.readFactor()
    return this.operate('negate', operand, operand, position)
  }

  private readCall({ text, position }: FormulaToken): Expression {
    const name = functionNames.find((known) => known === text)
    if (!name) throw new FormulaError(position, `there is no function ${text}; there are ${functionNames.join(', ')}`)
    this.take()
    const first = this.readSum()
    const isPairwise = name === 'min' || name === 'max'
    if (!isPairwise) return this.closed(this.operate(name, first, first, position))
    if (this.token.text !== ',') throw this.unexpected(`a comma: ${name} takes two or more`)
    let value = first
    while (this.token.text === ',') {
      this.take()
      value = this.operate(name, value, this.readSum(), position)
    }
    return this.closed(value)
  }

  private readModel({ text, position }: FormulaToken): Expression {
    if (functionNames.some((name) => name === text))
      throw new FormulaError(position, `${text} is a function: it takes parentheses`)
    const name = modelNameSchema.safeParse(text)
    if (!name.success) throw new FormulaError(position, `the model ${text} ${name.error.issues[0]?.message}`)
    if (!this.models.has(text)) this.models.set(text, position)
    return this.count({ kind: 'model', name: text }, position)
  }

  private operate(operation: Operation, a: Expression, b: Expression, position: number): Expression {
    return this.count(operate(operation, a, b, position), position)
  }

  private count(expression: Expression, position: number): Expression {
    if (++this.nodes > maxNodes)
      throw new FormulaError(position, `at most ${maxNodes} numbers, names and operations are taken`)
    return expression
  }

  private nest(read: () => Expression): Expression {
    if (++this.depth > maxDepth) throw new FormulaError(this.token.position, `nested more than ${maxDepth} deep`)
    const expression = read()
    this.depth--
    return expression
  }

  private closed(expression: Expression): Expression {
    if (this.token.text !== ')') throw this.unexpected('an operator or )')
    this.take()
    return expression
  }

  private get token(): FormulaToken {
    return this.tokens[this.at] ?? { kind: 'end', text: '', position: this.at }
  }

  private take(): FormulaToken {
    const { token } = this
    this.at++
    return token
  }

  private unexpected(expected: string): FormulaError {
    const { kind, text, position } = this.token
    return new FormulaError(position, `expected ${expected}, found ${kind === 'end' ? 'the end' : `"${text}"`}`)
  }
}
