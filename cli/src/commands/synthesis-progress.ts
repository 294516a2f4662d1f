import { basename } from 'node:path'
import type { Counts, Stage, SynthesisCounts } from '@tandem/evaluation'
import type { Context } from '../context.js'
import { createRowProgress, type RowProgress } from '../row-progress.js'

/** Reports the rows of a stage. */
export type OnCounts = (stage: Stage, counts: Counts, total: number) => void

/** Shows the progress of each stage, and at the end what became of the prompts. */
export async function showSynthesis(
  path: string,
  { output, signal }: Context,
  work: (onCounts: OnCounts) => Promise<SynthesisCounts>,
): Promise<void> {
  const progress = stageProgress(path, output)
  try {
    const counts = await work((stage, now, total) => progress.of(stage).update(now, total))
    progress.stop()
    output.write(describeCounts(path, counts))
  } catch (error) {
    progress.stop()
    if (signal.aborted) output.write(`${path} is not complete: run the same command again to continue\n`)
    throw error
  }
}

/** One progress at a time: the next stage ends the one before it. */
function stageProgress(path: string, output: Context['output']) {
  const stages = new Map<Stage, RowProgress>()
  const stop = () => {
    for (const progress of stages.values()) progress.stop()
  }
  const of = (stage: Stage): RowProgress => {
    const found = stages.get(stage)
    if (found) return found
    stop()
    const progress = createRowProgress(output, `${basename(path)}, ${stage}`)
    stages.set(stage, progress)
    return progress
  }
  return { of, stop }
}

/** Describes what became of the prompts: a line for the pairs, and one for each reason. */
export function describeCounts(path: string, { prompts, pairs, cut, dropped }: SynthesisCounts): string {
  const lines = [`${path}: ${pairs} pairs of ${prompts} prompts`]
  if (cut > 0) lines.push(`  ${cut} chosen answers were cut by the limit of tokens (--complete-only drops them)`)
  for (const [reason, count] of Object.entries(dropped)) lines.push(`  dropped, ${reason}: ${count}`)
  return `${lines.join('\n')}\n`
}
