import { z } from 'zod'

/** The names of the pair's models. The deployment chooses the names of additional models. */
export const pairNames: readonly string[] = ['dpo', 'sft']

/** The function names of formulas, which no model can have. */
export const functionNames = ['min', 'max', 'exp', 'log'] as const

/** A model name that formulas can contain. */
export const modelNameSchema = z
  .string()
  .regex(/^[a-z][a-z0-9_]{0,31}$/, 'must be a lower-case letter and up to 31 lower-case letters, digits or _')

/**
 * A reward model's name. Formulas do not contain it, so it may
 * have a hyphen and begin with a digit.
 */
export const rewardNameSchema = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_-]{0,31}$/, 'must be a lower-case letter or digit and up to 31 more, _ or -')

/** Returns a model's name for messages: "the DPO model", "the amateur model". */
export const titleOf = (name: string): string => (pairNames.includes(name) ? name.toUpperCase() : name)
