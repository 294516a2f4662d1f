/** Powers of ten that a number holds exactly. */
const exactPowers = 22

/**
 * Returns a number of tokenizer.json as Rust's serde_json reads it: the digits as an integer, then
 * one division. Numbers of 17 digits can differ by their last bit, which decides between paths of
 * nearly equal scores.
 */
export function parseAsRust(value: number): number {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/.exec(String(value)) ?? []
  const power = Number(exponent) - fraction.length
  if (power >= 0 || power < -exactPowers) return value
  const parsed = Number(BigInt(whole + fraction)) / 10 ** -power
  return sign === '-' ? -parsed : parsed
}
