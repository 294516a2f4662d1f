import { z } from 'zod'

/** The names of the pair's two models. All other models have names that the operator chooses. */
export const pairNames: readonly string[] = ['dpo', 'sft']

/** The functions that formulas have. No model can have one of these names. */
export const functionNames = ['min', 'max', 'exp', 'log'] as const

/** Maximum number of additional models, and of reward models. */
export const maxExtraModels = 16

/** The name of a model. Formulas name models, so it has the form of an identifier. */
export const modelNameSchema = z
  .string()
  .regex(/^[a-z][a-z0-9_]{0,31}$/, 'must be a lower-case letter and up to 31 lower-case letters, digits or _')

/**
 * The name of a reward model. Formulas do not name reward models, so it may contain a hyphen and
 * begin with a digit.
 */
export const rewardNameSchema = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9_-]{0,31}$/,
    'must be a lower-case letter or digit and up to 31 lower-case letters, digits, _ or -',
  )

/** A model's name as messages write it: "DPO" for the pair's models, else the name itself. */
export const titleOf = (name: string): string => (pairNames.includes(name) ? name.toUpperCase() : name)
