import { preparePair } from '@tandem/cli'
import type { Bench } from '../case.js'
import { type RunningStack, withStack } from './run-stack.js'

/** The pair in one process and one pass, with the gateway, all on one core, for as long as `work` takes. */
export async function withPairedStack<T>(
  bench: Bench,
  core: number,
  work: (stack: RunningStack) => Promise<T>,
): Promise<T> {
  const precision = bench.form === 'fast' ? ({ precision: 'fast' } as const) : {}
  const pair = await preparePair({ ...precision, paired: true }, bench.context)
  return withStack({ ...bench, pair }, { sft: core, dpo: core, gateway: core }, work)
}
