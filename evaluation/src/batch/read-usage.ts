import { z } from 'zod'

const schema = z.object({
  usage: z.object({ prompt_tokens: z.number(), completion_tokens: z.number(), total_tokens: z.number() }),
})

/** The counts of tokens of an answer. */
export type Usage = z.output<typeof schema>['usage']

/**
 * Reads the counts of tokens of an answer. Other fields of `usage`, such as cached tokens, can
 * differ between two runs and are left out.
 */
export const readUsage = (body: unknown): Usage | null => schema.safeParse(body).data?.usage ?? null
