/** What is wrong with a formula, and where. */
export class FormulaError extends Error {
  override readonly name = 'FormulaError'

  /** @param position of the character, from 1 */
  constructor(position: number, message: string) {
    super(`at character ${position}: ${message}`)
  }
}
