import { pairAdherence } from './adherence/adherence-pairs.js'
import { type SynthesisCounts, Tally } from './counts.js'
import type { EarlierRejected } from './earlier-rejected.js'
import type { SynthesisOptions } from './options.js'
import { pairRow } from './pair.js'
import { isCut } from './preference/preference-pair.js'
import { preferencePairs } from './preference/preference-pairs.js'
import { type RunFiles, readGroups } from './read-groups.js'
import type { Plan } from './sides.js'
import { writeRows } from './write-rows.js'

/** What the pairs are made of, besides the options. */
export interface PairSources {
  readonly plan: Plan
  readonly files: RunFiles
  readonly earlier: EarlierRejected | null
}

/** Makes the pairs of complete files of answers and scores, and writes them. */
export async function makePairs(options: SynthesisOptions, sources: PairSources): Promise<SynthesisCounts> {
  const { plan, files, earlier } = sources
  const { adherence, completeOnly, isImplicit, signal } = options
  const tally = new Tally()
  tally.add('prompts that are in the file twice', files.selection.duplicates)
  tally.add('prompts that the earlier round does not have', files.selection.unwanted)
  tally.add('pairs of the earlier round with the prompt of a later one', earlier?.repeated ?? 0)
  const groups = readGroups(files)
  const pairs = adherence
    ? pairAdherence(groups, { ...adherence, completeOnly, seed: options.seed, count: files.selection.count }, tally)
    : preferencePairs(groups, { plan, earlier, completeOnly }, tally)
  let [count, cut] = [0, 0]
  async function* rows() {
    for await (const pair of pairs) {
      count++
      if (isCut(pair.chosen)) cut++
      yield pairRow(pair, isImplicit)
    }
  }
  await writeRows(options.out, rows(), signal)
  return { prompts: options.prompts.count, pairs: count, cut, dropped: tally.toRecord() }
}
