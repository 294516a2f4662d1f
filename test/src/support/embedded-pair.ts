import { findHome, pullWeights } from '@tandem/cli'
import { defaultPairName, findPair } from '@tandem/models'

/** Weights of the catalog's pair, brought into the user's cache (TANDEM_HOME overrides) if they are not there. */
export async function embeddedPair(): Promise<{ source: string; adapter: string }> {
  const pair = findPair(defaultPairName)
  const source = await pullWeights(pair, {
    home: findHome(),
    environment: process.env,
    output: process.stderr,
    answers: process.stdout,
    findModule: (name) => {
      throw new Error(`pulling weights starts no process, and ${name} was asked for`)
    },
    isVerbose: false,
    signal: new AbortController().signal,
  })
  return { source, adapter: pair.adapter }
}
