import { tokenTimingSchema as schema } from '@tandem/process'
import { namedSchemas } from './named-schemas.js'

/** An entry of `decoding_timings`, which `tandem trace` reads too. */
export const tokenTimingSchema = schema.register(namedSchemas, { id: 'TokenTiming' })
