import { isDeepStrictEqual } from 'node:util'

/** Whether a value changes nothing. @param body the whole request */
export type Check = (value: unknown, body: Readonly<Record<string, unknown>>) => boolean

/** How to treat a field that this server does not support. */
export interface FieldRule {
  /** Whether the value is the same as leaving the field out. Null always is. */
  readonly isHarmless: Check
  /** The field that does the same here; null if there is none. */
  readonly instead: string | null
}

/** Fields of other servers, by name. */
export type FieldRules = Readonly<Record<string, FieldRule>>

/** Refuses every value. */
export const never: FieldRule = { isHarmless: () => false, instead: null }

/** Accepts values that change nothing. */
export const only = (...harmless: readonly unknown[]): FieldRule => ({
  isHarmless: (value) => harmless.includes(value),
  instead: null,
})

/** Accepts values for which the check is true. */
export const where = (isHarmless: Check): FieldRule => ({ isHarmless, instead: null })

/** Accepts an empty text, list or object. */
export const empty: FieldRule = where(
  (value) => value === '' || (typeof value === 'object' && value !== null && Object.keys(value).length === 0),
)

/** Accepts what the field that does the same here has too. */
export const alias = (field: string, rule: FieldRule = never): FieldRule => ({
  isHarmless: (value, body) => rule.isHarmless(value, body) || isDeepStrictEqual(value, body[field]),
  instead: field,
})

/** Names the field that does the same here. */
export const instead = (field: string, rule: FieldRule = never): FieldRule => ({ ...rule, instead: field })
