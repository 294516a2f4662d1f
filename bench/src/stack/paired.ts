import { type Bench, Unavailable } from '../case.js'
import type { RunningStack } from './run-stack.js'

/**
 * Paired mode: one process that holds both rows of a LoRA pair in one graph.
 * THE PLACE TO SWITCH IT ON: start the gateway and that one process on `core`, as `withStack` does for three processes.
 * @throws Unavailable as long as there is no paired mode
 */
export function withPairedStack<T>(
  _bench: Bench,
  _core: number,
  _work: (stack: Pick<RunningStack, 'gateway'>) => Promise<T>,
): Promise<T> {
  throw new Unavailable('this version has no paired mode')
}
