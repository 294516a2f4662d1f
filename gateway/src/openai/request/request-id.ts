import { z } from 'zod'

const pattern = /^[A-Za-z0-9_.:-]{1,128}$/

/** A request's id, from the header `x-request-id` or the field `request_id`. */
export const requestIdSchema = z.string().regex(pattern, 'must be 1 to 128 characters of A-Z a-z 0-9 _ . : -')
