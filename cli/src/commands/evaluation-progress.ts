import { basename } from 'node:path'
import type { Counts, EvaluationStage } from '@tandem/evaluation'
import type { Context } from '../context.js'
import { createRowProgress, type RowProgress } from '../row-progress.js'

/** Reports the rows of a stage. */
export type OnStageCounts = (stage: EvaluationStage, counts: Counts, total: number) => void

/** Shows the progress of each stage: the next one ends the one before it. */
export async function showEvaluation<T>(
  folder: string,
  { output, signal }: Context,
  work: (onCounts: OnStageCounts) => Promise<T>,
): Promise<T> {
  let shown: { readonly stage: EvaluationStage; readonly progress: RowProgress } | null = null
  const onCounts: OnStageCounts = (stage, counts, total) => {
    if (shown?.stage !== stage) {
      shown?.progress.stop()
      shown = { stage, progress: createRowProgress(output, `${basename(folder)}, ${stage}`) }
    }
    shown.progress.update(counts, total)
  }
  try {
    return await work(onCounts)
  } catch (error) {
    if (signal.aborted) output.write(`\n${folder} is not complete: run the same command again to continue\n`)
    throw error
  } finally {
    stopOf(shown)?.()
  }
}

/** TypeScript does not see the assignment in the closure. */
const stopOf = (shown: { readonly progress: RowProgress } | null) => shown && (() => shown.progress.stop())
