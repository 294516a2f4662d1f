import { z } from 'zod'
import { type Described, namedSchemas } from './named-schemas.js'

/** The answer to GET /livez. */
export const liveSchema = z.object({ status: z.literal('live') }).register(namedSchemas, { id: 'Live' })
/** The answer to GET /readyz with status 200. */
export const readySchema = z.object({ status: z.literal('ready') }).register(namedSchemas, { id: 'Ready' })
/** The answer to GET /readyz with status 503. */
export const notReadySchema = z
  .object({
    status: z.literal('not ready'),
    faults: z.array(z.string()).min(1).describe('One message for each service that is not ready.'),
  })
  .register(namedSchemas, { id: 'NotReady' })

export type Live = Described<typeof liveSchema>
export type Ready = Described<typeof readySchema>
export type NotReady = Described<typeof notReadySchema>
