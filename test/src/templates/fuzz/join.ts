import fc, { type Arbitrary } from 'fast-check'

/** A generator of parts of templates. */
export type Text = Arbitrary<string>

/** Generates parts and joins them. */
export const join = (parts: readonly (string | Text)[]): Text =>
  fc.tuple(...parts.map((part) => (typeof part === 'string' ? fc.constant(part) : part))).map((all) => all.join(''))
