import { TemplateError } from '../errors.js'
import { formatPercent } from '../format/percent.js'
import { assertItems, assertTextLength, joinTexts, maxIntegerBits } from '../limits.js'
import type { BinaryOperator } from '../syntax/nodes.js'
import { escapeHtml } from '../values/html.js'
import { numberOf, toFloat } from '../values/operations.js'
import { toText } from '../values/represent.js'
import { isList, Markup, Tuple, textOf, typeName, Undefined, type Value } from '../values/value.js'
import { costs, spend } from '../work.js'

/** Computes a binary operator of Python. @throws TemplateError */
export function compute(operator: BinaryOperator, left: Value, right: Value): Value {
  spend(2 * costs.value)
  if (operator === '%' && textOf(left) !== undefined) return formatPercent(left, right)
  const leftNumber = numberOf(left)
  const rightNumber = numberOf(right)
  if (leftNumber !== undefined && rightNumber !== undefined) return computeNumbers(operator, leftNumber, rightNumber)
  const joined = operator === '+' ? add(left, right) : operator === '*' ? multiply(left, right) : undefined
  if (joined !== undefined) return joined
  const missing = left instanceof Undefined ? left : right instanceof Undefined ? right : null
  if (missing !== null) throw missing.toError()
  throw new TemplateError(`unsupported operand type(s) for ${operator}: '${typeName(left)}' and '${typeName(right)}'`)
}

function add(left: Value, right: Value): Value | undefined {
  const [leftText, rightText] = [textOf(left), textOf(right)]
  if (leftText !== undefined && rightText !== undefined) {
    assertTextLength(leftText.length + rightText.length)
    if (typeof left === 'string' && typeof right === 'string') return left + right
    return new Markup(escapeHtml(left) + escapeHtml(right))
  }
  if (isList(left) && isList(right)) return join(left, right)
  return left instanceof Tuple && right instanceof Tuple ? new Tuple(join(left.items, right.items)) : undefined
}

function join(left: readonly Value[], right: readonly Value[]): Value[] {
  assertItems(left.length + right.length)
  spend((left.length + right.length) * costs.item)
  return left.concat(right)
}

function multiply(left: Value, right: Value): Value | undefined {
  const [sequence, factor] = numberOf(left) === undefined ? [left, right] : [right, left]
  const count = numberOf(factor)
  if (typeof count !== 'bigint') return undefined
  const times = count < 0n ? 0 : Number(count)
  const text = textOf(sequence)
  if (text !== undefined) {
    assertTextLength(text.length * times)
    return sequence instanceof Markup ? new Markup(text.repeat(times)) : text.repeat(times)
  }
  if (isList(sequence)) return repeat(sequence, times)
  return sequence instanceof Tuple ? new Tuple(repeat(sequence.items, times)) : undefined
}

function repeat(items: readonly Value[], times: number): Value[] {
  const length = items.length * times
  assertItems(length)
  spend(length * costs.item)
  return Array.from({ length }, (_, index) => items[index % items.length] ?? null)
}

function computeNumbers(operator: BinaryOperator, left: bigint | number, right: bigint | number): Value {
  if (typeof left === 'bigint' && typeof right === 'bigint') return computeIntegers(operator, left, right)
  const [a, b] = [toFloat(left), toFloat(right)]
  if (b === 0 && (operator === '/' || operator === '//' || operator === '%'))
    throw new TemplateError('division by zero')
  if (operator === '+') return a + b
  if (operator === '-') return a - b
  if (operator === '*') return a * b
  if (operator === '/') return a / b
  if (operator === '%') return floatModulo(a, b)
  return operator === '//' ? floatFloor(a, b) : floatPower(a, b)
}

/** The result has the sign of the divisor. */
function floatModulo(a: number, b: number): number {
  const rest = a % b
  if (rest === 0) return b < 0 ? -0 : 0
  return rest < 0 === b < 0 ? rest : rest + b
}

function floatFloor(a: number, b: number): number {
  const rest = a % b
  let quotient = (a - rest) / b
  if (rest !== 0 && rest < 0 !== b < 0) quotient -= 1
  if (quotient === 0) return a / b < 0 ? -0 : 0
  const floor = Math.floor(quotient)
  return quotient - floor > 0.5 ? floor + 1 : floor
}

function floatPower(a: number, b: number): number {
  if (a === 0 && b < 0) throw new TemplateError('0.0 cannot be raised to a negative power')
  if (a < 0 && Number.isFinite(b) && !Number.isInteger(b))
    throw new TemplateError('a power is a complex number, which is not supported')
  if (a === 1 || (a === -1 && !Number.isFinite(b))) return 1
  const power = a ** b
  if (!Number.isFinite(power) && Number.isFinite(a) && Number.isFinite(b))
    throw new TemplateError('the power is too large')
  return power
}

function computeIntegers(operator: BinaryOperator, left: bigint, right: bigint): Value {
  spendIntegers(left, right)
  if (right === 0n && (operator === '/' || operator === '//' || operator === '%'))
    throw new TemplateError('division by zero')
  if (operator === '+') return assertBits(left + right)
  if (operator === '-') return assertBits(left - right)
  if (operator === '*') return assertBits(left * right)
  if (operator === '/') return divide(left, right)
  if (operator === '**') return power(left, right)
  const rest = left % right
  const isOff = rest !== 0n && rest < 0n !== right < 0n
  if (operator === '%') return isOff ? rest + right : rest
  return left / right - (isOff ? 1n : 0n)
}

const word = 1n << 64n

/** Counts the work of an operator of long integers: at most the square of their length. */
function spendIntegers(left: bigint, right: bigint): void {
  if (left < word && left > -word && right < word && right > -word) return
  const words = (bitLength(left) + bitLength(right)) / 64
  spend(words * words * costs.character)
}

function bitLength(value: bigint): number {
  const hex = (value < 0n ? -value : value).toString(16)
  return hex.length * 4 - (Math.clz32(Number.parseInt(hex.charAt(0), 16)) - 28)
}

function power(base: bigint, exponent: bigint): Value {
  if (exponent < 0n) return floatPower(toFloat(base), toFloat(exponent))
  if (base > 1n || base < -1n) {
    const bits = BigInt(bitLength(base) - 1) * exponent
    if (bits > maxIntegerBits) throw new TemplateError('an integer is too large')
    spend((Number(bits) / 64) ** 2 * costs.character)
  }
  return assertBits(base ** exponent)
}

const largest = 1n << BigInt(maxIntegerBits)

function assertBits(value: bigint): bigint {
  if (value >= largest || value <= -largest) throw new TemplateError('an integer is too large')
  return value
}

const exactFloat = 1n << 53n

/** True division, rounded once. */
function divide(left: bigint, right: bigint): number {
  const [a, b] = [left < 0n ? -left : left, right < 0n ? -right : right]
  const sign = left < 0n === right < 0n ? 1 : -1
  if (a <= exactFloat && b <= exactFloat) return (sign * Number(a)) / Number(b)
  const shift = Math.max(0, 66 - (bitLength(a) - bitLength(b)))
  const scaled = a << BigInt(shift)
  const quotient = scaled / b
  const sticky = scaled % b === 0n ? quotient : quotient | 1n
  const result = (sign * Number(sticky)) / 2 ** shift
  if (!Number.isFinite(result)) throw new TemplateError('integer division result too large for a float')
  return result
}

/** Computes the sign operators. @throws TemplateError if the value is not a number */
export function computeSign(operator: '-' | '+', operand: Value): Value {
  const number = numberOf(operand)
  if (number !== undefined) return operator === '-' ? -number : number
  if (operand instanceof Undefined) throw operand.toError()
  throw new TemplateError(`bad operand type for unary ${operator}: '${typeName(operand)}'`)
}

/** Joins values as `~` does. */
export function concatenate(values: readonly Value[]): string {
  return joinTexts(values.map(toText), '')
}
