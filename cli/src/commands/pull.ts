import { findPair } from '@tandem/models/catalog'
import type { Context } from '../context.js'
import { pullHub } from '../pull/hub/pull-hub.js'
import { pullWeights } from '../pull/pull-weights.js'
import { isHubName, isRepo } from '../source-text/hub-name.js'
import { assertNoWebAddress } from '../source-text/web-address.js'

/** The options of `tandem pull`. */
export interface PullOptions {
  readonly json?: boolean | undefined
}

/**
 * `tandem pull`: downloads the weights of a pair of the catalog, or a model of the hub, and prints
 * their path.
 * @throws Error saying what is wrong with the name, or why the download failed
 */
export async function pull(name: string, { json = false }: PullOptions, context: Context): Promise<void> {
  assertNoWebAddress(name, name)
  if (isRepo(name))
    throw new Error(
      `"${name}" is not a pair of the catalog. For the repository of that name on the hub, write hf:${name}`,
    )
  const path = isHubName(name) ? await pullHub(name, context) : await pullWeights(findPair(name), context)
  context.answers.write(json ? `${JSON.stringify({ path, name })}\n` : `${path}\n`)
}
