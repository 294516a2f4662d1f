/** A formula that cannot be parsed, with the position of the fault. */
export class FormulaError extends Error {
  override readonly name = 'FormulaError'

  /** @param position character at fault, counted from 1 */
  constructor(position: number, message: string) {
    super(`at character ${position}: ${message}`)
  }
}
