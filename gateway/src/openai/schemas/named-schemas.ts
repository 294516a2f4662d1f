import { z } from 'zod'

/*
 * schemas/ describes the bodies of answers. The schemas type the answers, and /openapi.json
 * contains them. They know neither request/ nor answer/.
 */

/** Schemas of answers that /openapi.json defines once, under these names. */
export const namedSchemas = z.registry<{ readonly id: string }>()

/** The type of the values of a schema, with all fields read-only. */
export type Described<Schema extends z.ZodType> = DeepReadonly<z.output<Schema>>

type DeepReadonly<T> = T extends object ? { readonly [Key in keyof T]: DeepReadonly<T[Key]> } : T
