import { z } from 'zod'

/** What whole answers and chunks of both endpoints begin with. */
export const answerHead = {
  id: z.string(),
  created: z.int().describe('Seconds since 1970.'),
  model: z.string().describe('As the request names it.'),
}
