import { z } from 'zod'

/** Schemas of answers that /openapi.json has once, under these names. */
export const namedSchemas = z.registry<{ readonly id: string }>()

/** What a schema describes, as those who write it hold it. */
export type Described<Schema extends z.ZodType> = DeepReadonly<z.output<Schema>>

type DeepReadonly<T> = T extends object ? { readonly [Key in keyof T]: DeepReadonly<T[Key]> } : T
