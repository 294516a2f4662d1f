import { findPair } from '@tandem/models'
import { pullWeights } from '../pull/pull-weights.js'
import type { Context } from './context.js'

/** `tandem pull`: brings the weights of a pair of the catalog into the cache and says where they are. */
export async function pull(name: string, context: Context): Promise<void> {
  const path = await pullWeights(findPair(name), context)
  context.answers.write(`${path}\n`)
}
