import type { LlamaEngine } from './llama/llama-engine.js'
import { LruPool } from './lru-pool.js'
import type { RunningService } from './stack/run-service.js'
import type { RunningStack } from './stack/run-stack.js'

/**
 * Processes that cases share. An idle process takes memory, but no time from the processes that are
 * measured.
 */
export interface SharedProcesses {
  readonly stacks: LruPool<RunningStack>
  readonly services: LruPool<RunningService>
  readonly llamas: LruPool<LlamaEngine>
}

/**
 * Creates empty pools. Two of the pools hold two entries, because some cases compare two stacks or
 * two services.
 */
export const createSharedProcesses = (): SharedProcesses => ({
  stacks: new LruPool(2),
  services: new LruPool(2),
  llamas: new LruPool(1),
})

/** Ends all processes of the pools. */
export async function closeSharedProcesses({ stacks, services, llamas }: SharedProcesses): Promise<void> {
  await stacks.close()
  await services.close()
  await llamas.close()
}
