import { functionNames, modelNameSchema } from '@tandem/process'
import { type Expression, type Operation, operate } from './expression.js'
import { FormulaError } from './formula-error.js'
import { type FormulaToken, readTokens } from './read-tokens.js'

/** A parsed formula and the models that it names. */
export interface ParsedFormula {
  readonly expression: Expression
  /**
   * The first position of each model by name, in the order of the formula;
   * positions count characters from 1.
   */
  readonly models: ReadonlyMap<string, number>
}

/** Maximum length in characters. */
const maxLength = 2_000
/** Maximum nesting of parentheses, functions and minus signs. */
const maxDepth = 100
/**
 * Maximum count of numbers, names and operations. Each costs a pass
 * over the vocabulary at every token.
 */
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
 * Parses a formula with this grammar:
 *   sum = product { (+ | -) product }
 *   product = factor { (* | /) factor }
 *   factor = - factor | number | model | ( sum ) | function
 *   function = min(sum, sum, ...) | max(sum, sum, ...) | exp(sum) | log(sum)
 * @throws FormulaError at the first character that is not valid
 */
export function parseFormula(formula: string): ParsedFormula {
  if (formula.length > maxLength)
    throw new FormulaError(maxLength + 1, `the formula has ${formula.length} characters: expected at most ${maxLength}`)
  const parser = new Parser(readTokens(formula))
  const expression = parser.readAll()
  if (parser.models.size === 0) throw new FormulaError(1, 'the formula names no model: use at least one, such as dpo')
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

  /** Reads operands with operations of the same precedence between them, from left to right. */
  private readChain(operations: ReadonlyMap<string, Operation>, readOperand: () => Expression): Expression {
    let chain = readOperand()
    for (let operation = operations.get(this.token.text); operation; operation = operations.get(this.token.text)) {
      const { position } = this.advance()
      chain = this.operate(operation, chain, readOperand(), position)
    }
    return chain
  }

  private readFactor = (): Expression => {
    const token = this.advance()
    if (token.text === '-') return this.nest(() => this.negate(token.position))
    if (token.text === '(') return this.nest(() => this.expectClosing(this.readSum()))
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
    if (!name) throw new FormulaError(position, `there is no function ${text}; use one of ${functionNames.join(', ')}`)
    this.advance()
    const first = this.readSum()
    const isPairwise = name === 'min' || name === 'max'
    if (!isPairwise) return this.expectClosing(this.operate(name, first, first, position))
    if (this.token.text !== ',') throw this.unexpected(`a comma: ${name} needs at least two arguments`)
    let value = first
    while (this.token.text === ',') {
      this.advance()
      value = this.operate(name, value, this.readSum(), position)
    }
    return this.expectClosing(value)
  }

  private readModel({ text, position }: FormulaToken): Expression {
    if (functionNames.some((name) => name === text))
      throw new FormulaError(position, `${text} is a function: write ${text}(...)`)
    const name = modelNameSchema.safeParse(text)
    if (!name.success) throw new FormulaError(position, `the model name ${text} ${name.error.issues[0]?.message}`)
    if (!this.models.has(text)) this.models.set(text, position)
    return this.count({ kind: 'model', name: text }, position)
  }

  private operate(operation: Operation, a: Expression, b: Expression, position: number): Expression {
    return this.count(operate(operation, a, b, position), position)
  }

  private count(expression: Expression, position: number): Expression {
    if (++this.nodes > maxNodes)
      throw new FormulaError(position, `the formula has more than ${maxNodes} numbers, names and operations: use fewer`)
    return expression
  }

  private nest(read: () => Expression): Expression {
    if (++this.depth > maxDepth)
      throw new FormulaError(
        this.token.position,
        `the formula is nested more than ${maxDepth} levels deep: use fewer parentheses`,
      )
    const expression = read()
    this.depth--
    return expression
  }

  private expectClosing(expression: Expression): Expression {
    if (this.token.text !== ')') throw this.unexpected('an operator or )')
    this.advance()
    return expression
  }

  private get token(): FormulaToken {
    return this.tokens[this.at] ?? { kind: 'end', text: '', position: this.at }
  }

  private advance(): FormulaToken {
    const { token } = this
    this.at++
    return token
  }

  private unexpected(expected: string): FormulaError {
    const { kind, text, position } = this.token
    return new FormulaError(position, `expected ${expected}, found ${kind === 'end' ? 'the end' : `"${text}"`}`)
  }
}
