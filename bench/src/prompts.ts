import { readFileSync } from 'node:fs'
import { z } from 'zod'

const fixture = new URL('../../test/fixtures/smollm2-pair.jsonl', import.meta.url)

const rowSchema = z.object({ prompt: z.number(), prompt_ids: z.array(z.number()) })

/** Token ids of the prompts that the golden answers have, without repetition. */
export function readGoldenPrompts(): readonly (readonly number[])[] {
  const rows = readFileSync(fixture, 'utf8').trim().split('\n')
  const prompts = new Map(
    rows.map((row) => rowSchema.parse(JSON.parse(row))).map((row) => [row.prompt, row.prompt_ids]),
  )
  return [...prompts.values()]
}

/** Round i has the i-th of them, from the first again when all had their turn. */
export function takeInTurn<T>(items: readonly T[], round: number): T {
  const item = items[round % items.length]
  if (item === undefined) throw new RangeError('nothing to take a turn')
  return item
}
