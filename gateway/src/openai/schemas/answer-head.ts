import { z } from 'zod'

/** The first fields of every answer and chunk of both endpoints. */
export const answerHead = {
  id: z.string().describe('The unique id of the answer.'),
  created: z.int().describe('The Unix time, in seconds, at which the answer was created.'),
  model: z.string().describe('The model name of the request.'),
}
