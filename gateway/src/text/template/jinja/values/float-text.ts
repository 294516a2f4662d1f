import { costs, spend } from '../work.js'

/** Python's `repr` of a float: the shortest digits that read back as the same float. */
export function floatText(value: number): string {
  spend(costs.call)
  if (Number.isNaN(value)) return 'nan'
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf'
  const sign = value < 0 || Object.is(value, -0) ? '-' : ''
  const [mantissa = '', power = '0'] = Math.abs(value).toExponential().split('e')
  const exponent = Number(power)
  const digits = mantissa.replace('.', '')
  if (exponent < -4 || exponent >= 16) return `${sign}${withPoint(digits, 1)}${exponentText(exponent)}`
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${digits}`
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, '0')
  return `${sign}${whole}.${digits.slice(exponent + 1) || '0'}`
}

function withPoint(digits: string, place: number): string {
  return digits.length > place ? `${digits.slice(0, place)}.${digits.slice(place)}` : digits
}

/** An exponent as C writes it: a sign and at least two digits. */
export function exponentText(exponent: number): string {
  return `e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`
}

/**
 * Rounds the exact value of |value| · 10^digits to an integer, ties to even, as Python does: 0.5
 * and 2.5 round to 0 and 2, and 2.675 is below the tie.
 */
export function roundExactly(value: number, digits: number): bigint {
  const { mantissa, exponent } = decompose(Math.abs(value))
  let numerator = mantissa
  let denominator = 1n
  if (digits >= 0) numerator *= 10n ** BigInt(digits)
  else denominator *= 10n ** BigInt(-digits)
  if (exponent >= 0) numerator <<= BigInt(exponent)
  else denominator <<= BigInt(-exponent)
  const quotient = numerator / denominator
  const twice = (numerator % denominator) * 2n
  const isUp = twice > denominator || (twice === denominator && quotient % 2n === 1n)
  return isUp ? quotient + 1n : quotient
}

/** Splits a float into an integer and a power of two. */
function decompose(value: number): { mantissa: bigint; exponent: number } {
  const bits = new DataView(new ArrayBuffer(8))
  bits.setFloat64(0, value)
  const raw = bits.getBigUint64(0)
  const power = Number((raw >> 52n) & 0x7ffn)
  const fraction = raw & 0xfffffffffffffn
  return power === 0
    ? { mantissa: fraction, exponent: -1074 }
    : { mantissa: fraction | (1n << 52n), exponent: power - 1075 }
}

/** Formats with a fixed number of digits after the point, without a sign. */
export function fixedText(value: number, digits: number): string {
  const text = String(roundExactly(value, digits)).padStart(digits + 1, '0')
  return digits === 0 ? text : `${text.slice(0, -digits)}.${text.slice(-digits)}`
}

/** The digits and the exponent of a float, rounded to a number of significant digits. */
export function significantDigits(value: number, count: number): { digits: string; exponent: number } {
  if (value === 0) return { digits: '0'.repeat(count), exponent: 0 }
  let exponent = Number(Math.abs(value).toExponential().split('e')[1])
  // The shortest digits may be above the exact value: 1e-7 is 9.9999999999999995e-08.
  const lower = String(roundExactly(value, count - exponent))
  if (lower.length === count) return { digits: lower, exponent: exponent - 1 }
  let digits = String(roundExactly(value, count - 1 - exponent))
  if (digits.length > count) {
    exponent++
    digits = digits.slice(0, count)
  }
  return { digits, exponent }
}
