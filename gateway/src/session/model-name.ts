import { z } from 'zod'

/** The two models of the pair. Others have names of the deployment's own. */
export const pairNames: readonly string[] = ['dpo', 'sft']

/** What formulas call their functions. */
export const functionNames = ['min', 'max', 'exp', 'log'] as const

/** A model's name, such as can stand in a formula. */
export const modelNameSchema = z
  .string()
  .regex(/^[a-z][a-z0-9_]{0,31}$/, 'must be a lower-case letter and up to 31 lower-case letters, digits or _')

/** A reward model's name: no formula names it, so it may hold a hyphen and begin with a digit. */
export const rewardNameSchema = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_-]{0,31}$/, 'must be a lower-case letter or digit and up to 31 more, _ or -')

/** A model as messages call it: "the DPO model", "the amateur model". */
export const titleOf = (name: string): string => (pairNames.includes(name) ? name.toUpperCase() : name)
