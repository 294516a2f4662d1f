import { z } from 'zod'
import { type Expression, evaluate } from './expression.js'
import { FormulaError } from './formula-error.js'
import { parseFormula } from './parse-formula.js'

/** A formula over log-probabilities of models. As JSON it is its text. */
export class Formula {
  /** The models that it names, in its order, and the characters where it does so first, from 1. */
  readonly models: ReadonlyMap<string, number>
  private readonly expression: Expression

  /** @throws FormulaError at the first character that does not fit */
  constructor(private readonly text: string) {
    const { models, expression } = parseFormula(text)
    this.models = models
    this.expression = expression
  }

  /**
   * A score for each token; NaN or an infinity where the formula gives none.
   * @param logProbabilities of all its models at the same tokens, by name
   */
  evaluate(logProbabilities: ReadonlyMap<string, Float64Array>): Float64Array {
    return evaluate(this.expression, logProbabilities)
  }

  toJSON(): string {
    return this.text
  }
}

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
