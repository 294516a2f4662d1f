import { findHome, pullWeights } from '@tandem/cli'
import { defaultPairName, findPair } from '@tandem/models'

/**
 * Downloads the weights of the catalog's pair into the user's cache (TANDEM_HOME overrides it),
 * unless they are there.
 */
export async function embeddedPair(): Promise<{ source: string; adapter: string }> {
  const pair = findPair(defaultPairName)
  const source = await pullWeights(pair, {
    home: findHome(),
    environment: process.env,
    output: process.stderr,
    answers: process.stdout,
    findModule: (name) => {
      throw new Error(`pulling weights needs no process: found a request for ${name}`)
    },
    isVerbose: false,
    signal: new AbortController().signal,
  })
  return { source, adapter: pair.adapter }
}
