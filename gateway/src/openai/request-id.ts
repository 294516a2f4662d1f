import { z } from 'zod'

const pattern = /^[A-Za-z0-9_.:-]{1,128}$/

/** What a request may be called, by the header `x-request-id` or by `request_id`. */
export const requestIdSchema = z.string().regex(pattern, 'must be 1 to 128 of A-Z a-z 0-9 _ . : -')
