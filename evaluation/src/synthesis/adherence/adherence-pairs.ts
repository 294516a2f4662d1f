import type { Tally } from '../counts.js'
import type { Pair } from '../pair.js'
import type { Group } from '../read-groups.js'
import { pairFailed } from './failed-pairs.js'
import { type Candidate, findRejected } from './find-rejected.js'
import { type JudgedPrompt, type JudgeSettings, judgePrompt, type Sample } from './judged-prompt.js'

/** Settings of adherence pairs. */
export interface AdherenceRun extends JudgeSettings {
  /** The number of prompts. */
  readonly count: number
}

/** Maximum prompts whose samples are in memory at once. */
const maxBlock = 1024

/**
 * Yields adherence pairs: chosen is a good sample of the prompt, rejected a good sample of nearly
 * the same length of another prompt of the same kind. Both sides come from one distribution, so
 * they differ in nothing but the fit to the prompt. If the settings ask for them, there are also
 * pairs whose rejected side is a sample of the same prompt that fails a criterion. Partners are
 * found in blocks of the file of at most 1,024 prompts.
 */
export async function* pairAdherence(
  groups: AsyncIterable<Group>,
  settings: AdherenceRun,
  tally: Tally,
): AsyncGenerator<Pair> {
  const blocks = Math.ceil(settings.count / maxBlock)
  const size = Math.ceil(settings.count / blocks)
  let block: JudgedPrompt[] = []
  for await (const group of groups) {
    block.push(judgePrompt(group, settings, tally))
    if (block.length < size) continue
    yield* pairBlock(block, settings, tally)
    block = []
  }
  yield* pairBlock(block, settings, tally)
}

/** Yields the pairs of a block, in the order of its prompts. */
export function* pairBlock(
  block: readonly JudgedPrompt[],
  { pairsPerPrompt, failedPairsPerPrompt }: Pick<JudgeSettings, 'pairsPerPrompt' | 'failedPairsPerPrompt'>,
  tally: Tally,
): Generator<Pair> {
  const byKind = groupByKind(block)
  for (const asked of block) {
    if (asked.samples.length === 0) tally.add('prompts without a good sample')
    for (const chosen of asked.samples.slice(0, pairsPerPrompt)) {
      const found = findRejected(asked, chosen, byKind.get(asked.kind) ?? [])
      if (found) {
        found.uses++
        yield pairOf(asked, chosen, { ...found, fault: null })
      } else tally.add('good samples without a partner of the same length and kind')
    }
    const { pairs, dropped } = pairFailed(asked, failedPairsPerPrompt)
    for (const { chosen, failed } of pairs) yield pairOf(asked, chosen, { ...failed, source: asked })
    for (const { fault } of dropped) tally.add(`samples: ${fault}`)
  }
}

/** The rejected side of a pair. */
interface Rejected {
  /** The prompt that it is a sample of. */
  readonly source: JudgedPrompt
  readonly sample: Sample
  /** The criterion that it fails; null if it is a good sample. */
  readonly fault: string | null
}

function pairOf(asked: JudgedPrompt, chosen: Sample, { source, sample, fault }: Rejected): Pair {
  const index = source.prompt.index
  const columns = { kind: asked.kind, index_rejected: index, fault_rejected: fault, topic_chosen: chosen.topic }
  return { prompt: asked.prompt, chosen: chosen.answer, rejected: sample.answer, columns }
}

function groupByKind(block: readonly JudgedPrompt[]): ReadonlyMap<string, readonly Candidate[]> {
  const byKind = new Map<string, Candidate[]>()
  for (const source of block) {
    const candidates = byKind.get(source.kind) ?? []
    candidates.push(...source.samples.map((sample) => ({ source, sample, uses: 0 })))
    byKind.set(source.kind, candidates)
  }
  return byKind
}
