import { z } from 'zod'
import { type Described, namedSchemas } from './named-schemas.js'

export const liveSchema = z.object({ status: z.literal('live') }).register(namedSchemas, { id: 'Live' })
export const readySchema = z.object({ status: z.literal('ready') }).register(namedSchemas, { id: 'Ready' })
export const notReadySchema = z
  .object({
    status: z.literal('not ready'),
    faults: z.array(z.string()).min(1).describe('What is wrong, service by service.'),
  })
  .register(namedSchemas, { id: 'NotReady' })

export type Live = Described<typeof liveSchema>
export type Ready = Described<typeof readySchema>
export type NotReady = Described<typeof notReadySchema>
