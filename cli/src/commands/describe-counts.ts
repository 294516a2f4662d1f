import type { SynthesisCounts } from '@tandem/evaluation'

/** Describes what became of the prompts: a line for the pairs, and one for each reason. */
export function describeCounts(path: string, { prompts, pairs, cut, dropped }: SynthesisCounts): string {
  const lines = [`${path}: ${pairs} pairs of ${prompts} prompts`]
  if (cut > 0) lines.push(`  ${cut} chosen answers were cut by the limit of tokens (--complete-only drops them)`)
  for (const [reason, count] of Object.entries(dropped)) lines.push(`  dropped, ${reason}: ${count}`)
  return `${lines.join('\n')}\n`
}
