import { basename, dirname, resolve } from 'node:path'
import {
  assertBatch,
  batchPath,
  type Counts,
  openPromptFile,
  type PromptForm,
  runBatch,
  type Shard,
} from '@tandem/evaluation'
import { type Method, parseMethods, validateMethod } from '../chat/method.js'
import type { Context } from '../context.js'
import { withLock } from '../lock.js'
import { createRowProgress } from '../row-progress.js'
import { type GatewayOptions, withGateway } from './with-gateway.js'

/** The options of `tandem batch`. */
export type BatchCommandOptions = GatewayOptions & {
  readonly out: string
  readonly format?: PromptForm | undefined
  /** A strategy with its parameters: `aad alpha=0.2`. */
  readonly strategy?: string | undefined
  readonly maxTokens?: number | undefined
  /** Fields of every request. */
  readonly body?: Readonly<Record<string, unknown>> | undefined
  readonly tokenIds?: boolean | undefined
  readonly samples: number
  readonly seed: number
  readonly shard?: Shard | undefined
  readonly concurrency?: number | undefined
  /** Seconds. */
  readonly retryFor: number
  /** Seconds. */
  readonly timeout: number
}

/**
 * `tandem batch`: answers the prompts of a file into another file. If it is interrupted, the same
 * command continues.
 * @throws Error as `openPromptFile`, `withGateway` and `runBatch`, or if an option is wrong
 */
export async function batch(path: string, given: BatchCommandOptions, context: Context): Promise<void> {
  const { out, format, samples, seed, shard = null, concurrency = null, retryFor, timeout, ...others } = given
  const { strategy: _strategy, maxTokens: _length, body: _body, tokenIds: _ids, ...gatewayOptions } = others
  const prompts = await openPromptFile(path, context.signal, format)
  const body = requestFields(given)
  const limits = { concurrency, timeoutMs: timeout * 1000, retryForMs: retryFor * 1000 }
  const settings = { prompts, body, samples, seed, shard, out, ...limits }
  assertBatch(settings)
  context.output.write(`${path}: ${prompts.count} prompts (${formNames[prompts.form]})\n`)
  await withOutput(batchPath(out, shard), context, (signal) =>
    withGateway(gatewayOptions, { ...context, signal }, ({ server, model }) => {
      // A model that is started here is the only one. A row may name one of its strategies.
      const named = gatewayOptions.url !== undefined && model !== undefined ? { model } : {}
      return show(batchPath(out, shard), context, (onCounts) =>
        runBatch({ ...settings, body: { ...named, ...body }, server, onCounts, signal }),
      )
    }),
  )
}

/**
 * The fields of every request.
 * @throws Error as `decodingOf`
 */
const requestFields = ({ strategy, maxTokens, body, tokenIds }: BatchCommandOptions) => ({
  ...body,
  ...(tokenIds ? { return_token_ids: true } : {}),
  ...(maxTokens === undefined ? {} : { max_tokens: maxTokens }),
  ...decodingOf(strategy, body),
})

const formNames: Readonly<Record<PromptForm, string>> = {
  openai: "OpenAI's Batch form",
  trl: "TRL's form",
  alpaca: "alpaca_eval's form",
  lines: 'one in each line',
}

/**
 * The field `decoding`: the strategy wins over the one in `body`.
 * @throws Error as `validateMethod`, or if there are two strategies
 */
function decodingOf(strategy: string | undefined, body: BatchCommandOptions['body'] = {}) {
  const words = (strategy ?? '').split(/\s+/).filter((word) => word !== '')
  const [method, second] = parseMethods(words)
  if (second) throw new Error(`--strategy "${strategy}" names two strategies: run a batch for each`)
  const decoding = { ...(body.decoding as Method | undefined), ...method }
  validateMethod(decoding)
  return Object.keys(decoding).length === 0 ? {} : { decoding }
}

/** Runs work while no other process writes the same file. */
function withOutput(path: string, { output, signal }: Context, work: (signal: AbortSignal) => Promise<void>) {
  const onWait = () => output.write(`Another process writes ${path}, or was killed just now: waiting for it\n`)
  return withLock({ folder: dirname(resolve(path)), name: basename(path), onWait, signal }, work)
}

/** Shows the progress, and at the end where the rows are. */
async function show(
  path: string,
  { output, signal }: Context,
  work: (onCounts: (counts: Counts, total: number) => void) => Promise<Counts>,
): Promise<void> {
  const progress = createRowProgress(output, basename(path))
  try {
    const { rows, written, errors, completionTokens } = await work((counts, total) => progress.update(counts, total))
    progress.stop()
    const faults = errors === 0 ? '' : ` Rows with an error instead of an answer: ${errors}.`
    output.write(`${path}: ${rows} rows, ${written} of this run with ${completionTokens} tokens.${faults}\n`)
  } catch (error) {
    progress.stop()
    if (signal.aborted) output.write(`${path} is not complete: run the same command again to continue\n`)
    throw error
  }
}
