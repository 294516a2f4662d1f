import type { LlamaEngine } from '../llama/llama-engine.js'
import { Keeper } from './keeper.js'
import type { RunningService } from './run-service.js'
import type { RunningStack } from './run-stack.js'

/** What cases share. Idle processes take memory, and no time from those that are measured. */
export interface Kept {
  readonly stacks: Keeper<RunningStack>
  readonly services: Keeper<RunningService>
  readonly llamas: Keeper<LlamaEngine>
}

/** Two stacks stand side by side in one case. */
export const createKept = (): Kept => ({ stacks: new Keeper(2), services: new Keeper(2), llamas: new Keeper(1) })

export async function closeKept({ stacks, services, llamas }: Kept): Promise<void> {
  await stacks.close()
  await services.close()
  await llamas.close()
}
