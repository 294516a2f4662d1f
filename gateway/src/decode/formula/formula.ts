import { z } from 'zod'
import { type Expression, evaluate } from './expression.js'
import { FormulaError } from './formula-error.js'
import { parseFormula } from './parse-formula.js'

/**
 * A formula over log-probabilities of models. Its JSON form is its text.
 * This folder parses and evaluates formulas. It does not know requests, sessions or strategies.
 */
export class Formula {
  /**
   * The models in the formula's order, each with the character
   * where it first appears, counted from 1.
   */
  readonly models: ReadonlyMap<string, number>
  private readonly expression: Expression

  /** @throws FormulaError at the first character that is not valid */
  constructor(private readonly text: string) {
    const { models, expression } = parseFormula(text)
    this.models = models
    this.expression = expression
  }

  /**
   * Computes a score for each token: NaN or an infinity if the formula has no value there.
   * @param logProbabilities of all its models at the same tokens, by model name
   */
  evaluate(logProbabilities: ReadonlyMap<string, Float64Array>): Float64Array {
    return evaluate(this.expression, logProbabilities)
  }

  toJSON(): string {
    return this.text
  }
}

/** Parses a formula from its text. */
export const formulaSchema = z
  .string({ error: 'must be a formula over models, such as "dpo + 0.5*(dpo - sft)"' })
  .transform((text, context) => {
    try {
      return new Formula(text)
    } catch (error) {
      if (!(error instanceof FormulaError)) throw error
      context.addIssue(error.message)
      return z.NEVER
    }
  })
  .meta({ type: 'string' })
