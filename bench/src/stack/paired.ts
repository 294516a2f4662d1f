import { preparePair } from '@tandem/cli'
import type { LruPool } from '../lru-pool.js'
import type { Form } from '../measure/measure.js'
import { type RunningStack, withStack } from './run-stack.js'
import type { Subject } from './subject.js'

interface PairedOptions extends Omit<Subject, 'pair'> {
  readonly form: Form
  readonly shared: { readonly stacks: LruPool<RunningStack> }
}

/**
 * Runs `work` on a stack with both models in one process, which computes them in one pass. All
 * processes use one core.
 */
export async function withPairedStack<T>(
  { context, form, shared }: PairedOptions,
  core: number,
  work: (stack: RunningStack) => Promise<T>,
): Promise<T> {
  const precision = form === 'fast' ? ({ precision: 'fast' } as const) : {}
  const pair = await preparePair({ ...precision, paired: true }, context)
  return withStack({ context, shared, pair }, { sft: core, dpo: core, gateway: core }, work)
}
