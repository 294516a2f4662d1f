import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fixturesFolder } from '../../../support/fixtures.js'

/** A prompt in the form of alpaca_eval's data set. */
export interface AlpacaPrompt {
  readonly instruction: string
  readonly dataset: string
}

/** The number of prompts in alpaca_eval's data set, which only the hub has. */
const alpacaEvalCount = 805

/**
 * Reads prompts of our own: with spaces at the ends, line breaks, quotes, other alphabets, numbers.
 */
export const readOwnPrompts = async (): Promise<readonly AlpacaPrompt[]> =>
  JSON.parse(await readFile(join(fixturesFolder, 'alpaca-eval/prompts.json'), 'utf8')) as AlpacaPrompt[]

/** Makes as many different prompts from own ones as alpaca_eval's data set has. */
export const repeatPrompts = (own: readonly AlpacaPrompt[]): AlpacaPrompt[] =>
  Array.from({ length: Math.ceil(alpacaEvalCount / own.length) }, (_, round) =>
    own.map(({ instruction, dataset }) => ({ dataset, instruction: `${round + 1}) ${instruction}` })),
  )
    .flat()
    .slice(0, alpacaEvalCount)
