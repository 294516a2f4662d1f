import { readFileSync } from 'node:fs'
import { z } from 'zod'

const fixture = new URL('../../test/fixtures/smollm2-pair.jsonl', import.meta.url)

const rowSchema = z.object({ prompt: z.number(), prompt_ids: z.array(z.number()) })

/** Reads the token ids of the prompts of the golden answers, each prompt once. */
export function readGoldenPrompts(): readonly (readonly number[])[] {
  const rows = readFileSync(fixture, 'utf8').trim().split('\n')
  const prompts = new Map(
    rows.map((row) => rowSchema.parse(JSON.parse(row))).map((row) => [row.prompt, row.prompt_ids]),
  )
  return [...prompts.values()]
}

/** Returns the item of a round. After the last item it starts again with the first. */
export function itemOfRound<T>(items: readonly T[], round: number): T {
  const item = items[round % items.length]
  if (item === undefined) throw new RangeError('expected at least one item')
  return item
}
