import { findPair } from '@tandem/models'
import { assertNoWebAddress } from '../source-text/web-address.js'
import { isHubName, isRepo } from '../source-text/hub-name.js'
import { pullHub } from '../pull/hub/pull-hub.js'
import { pullWeights } from '../pull/pull-weights.js'
import type { Context } from '../context.js'

export interface PullOptions {
  readonly json?: boolean | undefined
}

/** `tandem pull`: brings the weights of a pair of the catalog, or a model of the hub, into the cache and says where they are. */
export async function pull(name: string, { json = false }: PullOptions, context: Context): Promise<void> {
  assertNoWebAddress(name, name)
  if (isRepo(name))
    throw new Error(`"${name}" is no pair of the catalog; for that repository on the hub write hf:${name}`)
  const path = isHubName(name) ? await pullHub(name, context) : await pullWeights(findPair(name), context)
  context.answers.write(json ? `${JSON.stringify({ path, name })}\n` : `${path}\n`)
}
