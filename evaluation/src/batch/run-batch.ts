import type { Fields, PromptFile } from '../prompts/index.js'
import { version } from '../version.js'
import { assertBatchBody, type RequestSettings, requireLength } from './batch-request.js'
import { concurrencyOf, type GatewayFacts, gatewaySettings, readGatewayFacts } from './gateway-facts.js'
import type { Patience } from './http/ask.js'
import type { Server } from './http/connection.js'
import { openManifest } from './manifest/manifest.js'
import { nameOf } from './manifest/name-of.js'
import { BatchRows } from './rows/batch-rows.js'
import type { Counts } from './run-jobs.js'
import { runRecorded } from './run-recorded.js'
import { formatShard, type Shard, shardPath } from './shard.js'

/** A batch. */
export interface BatchOptions extends Patience, Omit<RequestSettings, 'model'> {
  readonly prompts: PromptFile
  readonly server: Server
  /** The JSONL file of the rows. With a shard, its name gets the shard's number. */
  readonly out: string
  /** The part of the prompts to answer; null: all. */
  readonly shard: Shard | null
  /** Maximum requests at once; null: as many as the gateway works on at once. */
  readonly concurrency: number | null
  /** Called when the file is open, and after each row, with the number of rows at the end. */
  readonly onCounts?: ((counts: Counts, total: number) => void) | undefined
  readonly signal: AbortSignal
}

/** The file of the rows of a batch. */
export const batchPath = (out: string, shard: Shard | null): string => (shard ? shardPath(out, shard) : out)

/**
 * Refuses what a batch cannot do, before anything is started.
 * @throws Error naming the setting
 */
export function assertBatch({ prompts, body, samples }: Pick<BatchOptions, 'prompts' | 'body' | 'samples'>): void {
  assertBatchBody(body)
  if (prompts.form === 'openai' && samples > 1)
    throw new Error(`--samples is ${samples}: in OpenAI's Batch form each answer has a row with its own custom_id`)
  if (prompts.form !== 'openai') requireLength(prompts, body)
}

/**
 * Answers the prompts of a file, and writes a row for each answer in the order of the prompts.
 * Run again after it ended early, it continues, and the rows become those of an unbroken run.
 * @throws Error as `assertBatch`; Error if the settings differ from those that the file was begun
 *   with; errors of `runJobs`
 */
export async function runBatch(options: BatchOptions): Promise<Counts> {
  assertBatch(options)
  const { shard } = options
  const facts = await readGatewayFacts(options.server, options.signal)
  const pinned = pinnedSettings(options, facts)
  const out = batchPath(options.out, shard)
  const manifest = await openManifest(out, { ...pinned, shard: shard && formatShard(shard) })
  const rows = new BatchRows({ ...options, model: facts.model }, nameOf(pinned))
  return runRecorded(manifest, {
    ...options,
    out,
    concurrency: concurrencyOf(options.concurrency, facts),
    jobs: (skip) => rows.jobs(skip),
    rowOf: rows.rowOf,
    isRow: rows.isRow,
    onCounts: (counts) => options.onCounts?.(counts, rows.total),
  })
}

/** Everything that the rows depend on, without the shard: equal for all shards of a batch. */
function pinnedSettings({ prompts, body, seed, samples }: BatchOptions, facts: GatewayFacts): Fields {
  return {
    code: version,
    prompts: { sha256: prompts.sha256, form: prompts.form, count: prompts.count },
    request: { model: facts.model, ...body },
    seed,
    samples,
    gateway: gatewaySettings(facts, facts.models),
  }
}
