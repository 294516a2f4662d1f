const number = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/
/** Longer spellings are no integers that a client means. */
const maxLength = 64

/**
 * Reads a number of JSON as an integer without rounding, such as `1e18` or `9007199254740993.0`.
 * @returns null if it is not an integer, or if its spelling or its value is very long
 */
export function exactInteger(written: string): bigint | null {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] =
    written.length > maxLength ? [] : (number.exec(written) ?? [])
  if (whole === '') return null
  const digits = whole + fraction
  const shift = Number(exponent) - fraction.length
  if (Math.abs(shift) > maxLength) return null
  const kept = shift < 0 ? digits.slice(0, shift) : digits + '0'.repeat(shift)
  const isWhole = shift >= 0 || /^0*$/.test(digits.slice(shift))
  return isWhole ? BigInt(`${sign}${kept === '' ? '0' : kept}`) : null
}
